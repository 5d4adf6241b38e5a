import { Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "../../ui/Badge";
import { Money } from "../../ui/Money";
import classes from "./Payables.module.css";
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

/** What became of each payable, those that were refused first: why, and what to do. */
export function Outcomes({ list, onClose }: { list: Outcome[]; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const refused = list.filter((o) => stateOf(o).tone === "bad").length;
  const sorted = [...list].sort((a, b) => Number(stateOf(b).tone === "bad") - Number(stateOf(a).tone === "bad"));
  return (
    <section className={classes.outcomes} role="status" aria-label={t("payables.result.title")} data-testid="outcomes">
      <Group justify="space-between">
        <Text fw={600} size="sm">
          {t("payables.result.count", { done: list.length - refused, count: list.length })}
        </Text>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t("common.close")}
        </Button>
      </Group>
      <ul>
        {sorted.map((o) => {
          const { tone, word } = stateOf(o);
          const said = o.problem && ("detail" in o.problem ? o.problem.detail : "message" in o.problem ? o.problem.message : "");
          // The sentence is English; what to do is in the language of the reader.
          const why = i18n.language === "en" ? [said, o.problem?.action] : [o.problem?.action];
          return (
            <li key={o.id}>
              <Badge tone={tone}>{t(`payables.result.${word}`)}</Badge>
              <Link to="/payables/$id" params={{ id: o.id }} className={classes.plainLink}>
                {o.number}
              </Link>
              <Money value={o.amount} />
              {o.problem && <Text size="sm">{why.filter(Boolean).join(" — ")}</Text>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
