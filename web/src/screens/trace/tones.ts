import type { Schemas } from "../../api/client";
import type { Tone } from "../../ui/Badge";

/** How each phase of an asset looks. */
export const tones: Record<Schemas["Phase"], Tone> = {
  ACTIVE: "good",
  ISSUED: "asked",
  REJECTED: "bad",
  WITHDRAWN: "quiet",
  OPEN: "good",
  MATURED: "attention",
  OVERDUE: "bad",
  SETTLED: "quiet",
  SUBMITTED: "busy",
  QUOTED: "offered",
  REFUSED: "bad",
  DECLINED: "quiet",
  LAPSED: "quiet",
  APPROVED: "good",
  DISBURSED: "paid",
  REPAID: "quiet",
};

export const toneOf = (phase: Schemas["Phase"]): Tone => tones[phase];

/** Unknown is told as unknown, never as a pass. */
export const answerTone = (answer: "pass" | "fail" | "unknown"): Tone =>
  answer === "pass" ? "good" : answer === "fail" ? "bad" : "unknown";
