import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { addBrowserKey, addPasskey, type Key, keys } from "./keys";

type Wanted = { kind: "passkey" | "browser"; name?: string };

/** Makes a key, proves it, and prepares its registration; the lists of keys follow. */
export function useAddKey({ about, actor, list }: { about: Schemas["Node"]; actor: Schemas["Actor"]; list: Key[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, name }: Wanted) => {
      const called = name?.trim() || t(kind === "browser" ? "signing.nameBrowser" : "signing.namePasskey");
      return kind === "browser"
        ? addBrowserKey({ name: called, actor, about })
        : addPasskey({ name: called, actor, about, existing: list });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.queryKey }),
  });
}
