import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { organisations } from "../api/queries";
import { Badge, type Tone } from "../ui/Badge";
import { shortDigest } from "../ui/format";
import type { Signed } from "./send";
import { stopped } from "./send";
import classes from "./StepUp.module.css";

type Intent = Schemas["Intent"];

/** The state of a signature in one word. */
function stateOf(o: Signed): { tone: Tone; word: string } {
  if (stopped(o)) return { tone: "bad", word: o.signed?.state ?? "refused" };
  switch (o.signed?.state) {
    case "committed":
      return { tone: "good", word: "committed" };
    case "open":
      return { tone: "asked", word: "open" };
    default:
      return { tone: "busy", word: "underway" };
  }
}

/** What became of each intent: a refused one says why and what to do. */
export function Outcomes({ intents, outcomes }: { intents: Intent[]; outcomes: Signed[] }) {
  const { t } = useTranslation();
  const well = outcomes.filter((o) => !stopped(o)).length;
  return (
    <div role="status">
      <Text size="sm" fw={600}>
        {t("signing.result", { done: well, all: outcomes.length })}
      </Text>
      <ul className={classes.outcomes}>
        {outcomes.map((o) => {
          const { tone, word } = stateOf(o);
          const digest = intents.find((i) => i.id === o.intent)?.digest ?? "";
          return (
            <li key={o.intent}>
              <Badge tone={tone}>{t(`signing.state.${word}`)}</Badge>
              <Text size="sm" ff="monospace" title={digest}>
                {shortDigest(digest)}
              </Text>
              <Why outcome={o} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Why({ outcome }: { outcome: Signed }) {
  const { t, i18n } = useTranslation();
  const { data: parties } = useQuery(organisations);
  const fault = outcome.problem ?? outcome.signed?.fault;
  if (fault) {
    const detail = "detail" in fault ? fault.detail : "message" in fault ? fault.message : "";
    const between = i18n.language === "en" ? " — " : "";
    return <Text size="sm">{[detail, fault.action].filter(Boolean).join(between)}</Text>;
  }
  if (outcome.signed?.state !== "open") return null;
  const next = outcome.signed.duties.find((d) => !d.fulfilled);
  if (!next) return null;
  const party = parties?.items.find((o) => o.id === next.organisations[0]);
  const name = (i18n.language === "zh-CN" && party?.name_local) || party?.name || "";
  const roles = next.roles.map((r) => t(`role.${r}`)).join(t("signing.or"));
  return <Text size="sm">{t("signing.next", { roles, name })}</Text>;
}
