import type { TFunction } from "i18next";
import type { Item } from "./queries";

/** What is to be done, as a verb and its object. */
export function words(t: TFunction, item: Pick<Item, "next" | "act">): string {
  return item.next === "sign" && item.act ? t(`act.${item.act.replace(".", "_")}`) : t(`inbox.next.${item.next}`);
}
