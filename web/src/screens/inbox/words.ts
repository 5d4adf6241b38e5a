import type { TFunction } from "i18next";
import type { Item } from "./queries";

/** What is to be done, as a verb and its object. */
export function words(t: TFunction, item: Pick<Item, "next" | "act" | "paper">): string {
  if (item.next === "sign" && item.act) return t(`act.${item.act.replace(".", "_")}`);
  return t(`inbox.next.${item.next}`, item.paper ? { paper: t(`kind.${item.paper}`) } : {});
}
