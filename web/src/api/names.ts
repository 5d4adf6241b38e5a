import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { organisations } from "./queries";

/** The name of an organisation in the reader's script, where it has one there. */
export function useNames(): (id: string | undefined) => string {
  const { i18n } = useTranslation();
  const { data } = useSuspenseQuery(organisations);
  return (id) => {
    const o = data.items.find((p) => p.id === id);
    return (i18n.language === "zh-CN" && o?.name_local) || o?.name || id || "";
  };
}
