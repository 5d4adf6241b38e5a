import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "../../ui/Badge";
import type { Exposure } from "./queries";

export const tones: Record<Exposure["alert"], Tone> = {
  none: "good",
  near: "attention",
  high: "attention",
  full: "bad",
  over: "bad",
};

/** How near a limit is, in words. */
export function AlertBadge({ alert }: { alert: Exposure["alert"] }) {
  const { t } = useTranslation();
  return <Badge tone={tones[alert]}>{t(`exposure.alert.${alert}`)}</Badge>;
}
