import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "../../ui/Badge";
import type { Stage } from "./queries";

export const tones: Record<Stage, Tone> = {
  refused_by_rule: "bad",
  requested: "quiet",
  submitted: "busy",
  returned: "attention",
  quoted: "offered",
  accepting: "busy",
  accepted: "busy",
  checking: "busy",
  approved: "busy",
  paying: "busy",
  financed: "paid",
  overdue: "bad",
  settled: "quiet",
  refused: "bad",
  declined: "quiet",
  lapsed: "quiet",
};

export function StageBadge({ stage }: { stage: Stage }) {
  const { t } = useTranslation();
  return <Badge tone={tones[stage]}>{t(`pipeline.stage.${stage}`)}</Badge>;
}
