import type { TFunction } from "i18next";
import type { Item } from "./queries";

/** What is to be done, as a verb and its object. */
export function words(t: TFunction, item: Pick<Item, "next" | "act" | "paper" | "count">): string {
  if (item.next === "sign" && item.act) return t(`act.${item.act.replace(".", "_")}`);
  return t(`inbox.next.${item.next}`, {
    count: item.count ?? 1,
    ...(item.paper ? { paper: t(`kind.${item.paper}`) } : {}),
  });
}
