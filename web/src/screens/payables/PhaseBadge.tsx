import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { isZero } from "../../ui/sum";
import { toneOf } from "../trace/tones";
import { confirming, type Payable } from "./queries";

export function PhaseBadge({ phase }: { phase: Schemas["Phase"] }) {
  const { t } = useTranslation();
  return <Badge tone={toneOf(phase)}>{t(`payables.phase.${phase}`)}</Badge>;
}

export const inDispute = (p: Payable) => ![p.disputed, p.held_disputed, p.assigned_disputed].every(isZero);

/** Where a payable stands: its phase, what of it is disputed, and what waits for a signature. */
export function Standing({ of: p }: { of: Payable }) {
  const { t } = useTranslation();
  const waits = confirming(p);
  const signed = waits?.duties.filter((d) => d.fulfilled).length ?? 0;
  return (
    <>
      {!waits && <PhaseBadge phase={p.phase} />}
      {waits && (
        <Badge tone={waits.state === "open" ? "asked" : "busy"}>
          {waits.state === "open" ? t("payables.waits", { done: signed, all: waits.duties.length }) : t("payables.result.underway")}
        </Badge>
      )}
      {inDispute(p) && <Badge tone="attention">{t("payables.disputed")}</Badge>}
    </>
  );
}
