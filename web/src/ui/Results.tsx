import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import { Problem, type Schemas } from "../api/client";
import { Badge, type Tone } from "./Badge";
import classes from "./Results.module.css";

/** What became of one of many. */
export type Result = {
  id: string;
  tone: Tone;
  word: string;
  /** What it is: its link, its amount. */
  what: ReactNode;
  problem?: Error | Schemas["Problem"] | Schemas["Fault"] | undefined;
};

/** Why, and what to do, in the language of the reader. */
function why(problem: NonNullable<Result["problem"]>, language: string, network: string): string {
  if (problem instanceof Error) return problem instanceof Problem ? problem.message : network;
  const said = "detail" in problem ? problem.detail : "message" in problem ? problem.message : "";
  return [said, problem.action].filter(Boolean).join(language === "en" ? " — " : "");
}

type Props = { title: string; summary: string; list: Result[]; onClose: () => void; children?: ReactNode };

/** What became of each of many, those that were refused first: why, and what to do. */
export function Results({ title, summary, list, onClose, children }: Props) {
  const { t, i18n } = useTranslation();
  const sorted = [...list].sort((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
  return (
    <section className={classes.all} role="status" aria-label={title} data-testid="outcomes">
      <Group justify="space-between">
        <Text fw={600} size="sm">
          {summary}
        </Text>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t("common.close")}
        </Button>
      </Group>
      <ul>
        {sorted.map((r) => (
          <li key={r.id}>
            <Badge tone={r.tone}>{r.word}</Badge>
            {r.what}
            {r.problem && <Text size="sm">{why(r.problem, i18n.language, t("failure.network"))}</Text>}
          </li>
        ))}
      </ul>
      {children}
    </section>
  );
}
