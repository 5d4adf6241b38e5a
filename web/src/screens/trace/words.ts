import type { TFunction } from "i18next";

/** The words of an act of the law, as what was done: "receivable.confirm". */
export function actWord(t: TFunction, act: string): string {
  return t(`trace.act.${act.replace(".", "_")}`, { defaultValue: t("trace.act.other") });
}
