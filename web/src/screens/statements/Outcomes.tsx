import { useTranslation } from "react-i18next";
import type { Tone } from "../../ui/Badge";
import { Money } from "../../ui/Money";
import { Results } from "../../ui/Results";
import type { Settled } from "./useSettle";

function stateOf(o: Settled): { tone: Tone; word: "refused" | "recorded" | "prepared" | "underway" } {
  if (o.problem) return { tone: "bad", word: "refused" };
  switch (o.intent?.state) {
    case "committed":
      return { tone: "good", word: "recorded" };
    case "open":
      return { tone: "asked", word: "prepared" };
    case "refused":
    case "expired":
    case "withdrawn":
      return { tone: "bad", word: "refused" };
    default:
      return { tone: "busy", word: "underway" };
  }
}

/** What became of each payment. */
export function Outcomes({ list, onClose }: { list: Settled[]; onClose: () => void }) {
  const { t } = useTranslation();
  const results = list.map((o) => {
    const { tone, word } = stateOf(o);
    return {
      id: o.line.id,
      tone,
      word: t(`statements.results.${word}`),
      what: (
        <>
          <span translate="no">{o.line.match?.number ?? o.line.party_name}</span> <Money value={o.line.amount} />
        </>
      ),
      problem: o.problem,
    };
  });
  const refused = results.filter((r) => r.tone === "bad").length;
  return (
    <Results
      title={t("statements.results.title")}
      summary={t("statements.results.count", { done: list.length - refused, count: list.length })}
      list={results}
      onClose={onClose}
    />
  );
}
