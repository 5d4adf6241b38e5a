import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "../../ui/Badge";
import type { Financing } from "./queries";

/** How far a case is, as a person calls it. */
export type Status =
  | "byRule"
  | "unsigned"
  | "standing"
  | "notTaken"
  | "withdrawn"
  | "asked"
  | "quoted"
  | "accepted"
  | "refused"
  | "declined"
  | "lapsed"
  | "approved"
  | "disbursed"
  | "overdue"
  | "repaid";

const phases: Partial<Record<NonNullable<Financing["phase"]>, Status>> = {
  SUBMITTED: "asked",
  QUOTED: "quoted",
  REFUSED: "refused",
  DECLINED: "declined",
  LAPSED: "lapsed",
  APPROVED: "approved",
  DISBURSED: "disbursed",
  REPAID: "repaid",
};

/** Before the ledger the command says where a request stands. */
function before(f: Financing): Status {
  switch (f.intent?.state) {
    case "ready":
    case "submitted":
    case "committed":
      return "standing";
    case "refused":
      return "notTaken";
    case "withdrawn":
    case "expired":
      return "withdrawn";
    default:
      return "unsigned";
  }
}

/** The offer was accepted; the bank has yet to approve. */
const taken = new Set<Financing["stage"]>(["accepting", "accepted", "checking"]);

export function statusOf(f: Financing, held = false): Status {
  if (f.state === "refused") return "byRule";
  if (f.state === "requested") return before(f);
  const status = phases[f.phase ?? "SUBMITTED"] ?? "asked";
  if (status === "quoted" && (held || taken.has(f.stage))) return "accepted";
  return status === "disbursed" && f.stage === "overdue" ? "overdue" : status;
}

export const tones: Record<Status, Tone> = {
  byRule: "bad",
  unsigned: "attention",
  standing: "busy",
  notTaken: "bad",
  withdrawn: "quiet",
  asked: "busy",
  quoted: "offered",
  accepted: "busy",
  refused: "bad",
  declined: "quiet",
  lapsed: "quiet",
  approved: "good",
  disbursed: "paid",
  overdue: "bad",
  repaid: "quiet",
};

export function StatusBadge({ status }: { status: Status }) {
  const { t } = useTranslation();
  return <Badge tone={tones[status]}>{t(`financing.status.${status}`)}</Badge>;
}
