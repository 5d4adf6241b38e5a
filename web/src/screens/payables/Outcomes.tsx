import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Tone } from "../../ui/Badge";
import { Money } from "../../ui/Money";
import { Results } from "../../ui/Results";
import type { Outcome } from "./useConfirm";

function stateOf(o: Outcome): { tone: Tone; word: string } {
  if (o.problem) return { tone: "bad", word: "refused" };
  switch (o.intent?.state) {
    case "committed":
      return { tone: "good", word: "committed" };
    case "open":
      return { tone: "asked", word: "open" };
    case "refused":
    case "expired":
    case "withdrawn":
      return { tone: "bad", word: "refused" };
    default:
      return { tone: "busy", word: "underway" };
  }
}

/** What became of each payable. */
export function Outcomes({ list, onClose }: { list: Outcome[]; onClose: () => void }) {
  const { t } = useTranslation();
  const results = list.map((o) => {
    const { tone, word } = stateOf(o);
    return {
      id: o.id,
      tone,
      word: t(`payables.result.${word}`),
      what: (
        <>
          <Link to="/payables/$id" params={{ id: o.id }}>
            {o.number}
          </Link>
          <Money value={o.amount} />
        </>
      ),
      problem: o.problem,
    };
  });
  const refused = results.filter((r) => r.tone === "bad").length;
  return (
    <Results
      title={t("payables.result.title")}
      summary={t("payables.result.count", { done: list.length - refused, count: list.length })}
      list={results}
      onClose={onClose}
    />
  );
}
