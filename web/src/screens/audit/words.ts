import { useTranslation } from "react-i18next";
import { language } from "../../i18n";
import type { Entry } from "./queries";

/** What is done, in the order in which the words sort. The names of the words are those of the acts. */
export function useActs(): { value: string; label: string }[] {
  const { t } = useTranslation();
  const words = t("audit.act", { returnObjects: true }) as unknown as Record<string, string>;
  return Object.entries(words)
    .map(([name, label]) => ({ value: actOf(name), label }))
    .sort((a, b) => a.label.localeCompare(b.label, language()));
}

/** receivable_add_key is receivable.add_key: only the first line is a dot. */
const actOf = (name: string) => name.replace("_", ".");
const nameOf = (act: string) => act.replaceAll(".", "_");

/** An entry in the reader's words. */
export function useWords(): { act: (e: Entry) => string; kind: (e: Entry) => string } {
  const { t } = useTranslation();
  const word = (act: string) => t(`audit.act.${nameOf(act)}`, { defaultValue: act });
  return {
    act: (e) => (e.about ? t("audit.about", { act: word(e.act), about: word(e.about) }) : word(e.act)),
    kind: (e) => t(`audit.kind.${e.kind}`, { defaultValue: e.kind }),
  };
}
