import { Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PaperDocument, Schemas } from "../../api/client";
import { Badge, type Tone } from "../../ui/Badge";

export const tones: Record<Schemas["DocumentState"], Tone> = {
  received: "busy",
  needs_fields: "asked",
  parsed: "quiet",
  unreadable: "bad",
};

export function StateBadge({ state }: { state: Schemas["DocumentState"] }) {
  const { t } = useTranslation();
  return <Badge tone={tones[state]}>{t(`state.${state}`)}</Badge>;
}

type Weights = { fatal: number; warnings: number; read: boolean };

/** How many findings of which weight; "nothing found" only for a paper that was read. */
export function WeightBadges({ fatal, warnings, read }: Weights) {
  const { t } = useTranslation();
  if (fatal + warnings === 0) return read ? <Badge tone="good">{t("documents.clean")}</Badge> : null;
  return (
    <Group gap={4} wrap="nowrap">
      {fatal > 0 && <Badge tone="bad">{t("documents.fatal", { count: fatal })}</Badge>}
      {warnings > 0 && <Badge tone="attention">{t("documents.warning", { count: warnings })}</Badge>}
    </Group>
  );
}

export function FindingsBadges({ paper }: { paper: PaperDocument }) {
  const fatal = paper.findings.filter((f) => f.severity === "fatal").length;
  return <WeightBadges fatal={fatal} warnings={paper.findings.length - fatal} read={paper.state === "parsed"} />;
}
