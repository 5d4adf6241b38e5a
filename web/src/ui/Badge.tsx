import {
  IconAlertTriangle,
  IconCash,
  IconCheck,
  IconCircleHalf2,
  IconFileText,
  IconInbox,
  IconPencil,
  IconQuestionMark,
  IconX,
  type Icon,
} from "@tabler/icons-react";
import classes from "./Badge.module.css";

/** A tone is a colour and an icon together: a status is never told by colour alone. */
export type Tone = "quiet" | "busy" | "good" | "attention" | "bad" | "asked" | "offered" | "paid" | "unknown";

export const icons: Record<Tone, Icon> = {
  quiet: IconInbox,
  busy: IconCircleHalf2,
  good: IconCheck,
  attention: IconAlertTriangle,
  bad: IconX,
  asked: IconPencil,
  offered: IconFileText,
  paid: IconCash,
  unknown: IconQuestionMark,
};

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  const Picture = icons[tone];
  return (
    <span className={classes.badge} data-tone={tone}>
      <Picture size={14} stroke={2} aria-hidden />
      {children}
    </span>
  );
}
