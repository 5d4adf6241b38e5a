import {
  IconAlertCircle,
  IconCalendar,
  IconCash,
  IconFileAnalytics,
  IconFileCheck,
  IconHistory,
  IconCashBanknote,
  IconChartBar,
  IconFiles,
  IconHome,
  IconInbox,
  IconMessageQuestion,
  IconPackages,
  IconReceipt2,
  IconSettings,
  IconSearch,
  IconTimeline,
  type Icon,
} from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";
import type { Actor, Schemas } from "./api/client";

/** An entry of the rail: where it goes, and its word in nav.json. */
export type Entry = {
  to: NonNullable<LinkProps["to"]>;
  word: string;
  icon: Icon;
  /** Another address that belongs to it. */
  also?: string;
};

type Kind = Schemas["OrgKind"];

/** Who sees an entry; without kinds everybody does. The order is that of the rail. */
const entries: (Entry & { kinds?: readonly Kind[] })[] = [
  { to: "/search", word: "search", icon: IconSearch, kinds: ["auditor", "regulator"] },
  { to: "/", word: "home", icon: IconHome, kinds: ["supplier", "operator"] },
  {
    to: "/",
    word: "inbox",
    icon: IconInbox,
    kinds: ["core_enterprise", "bank", "warehouse", "carrier", "auditor", "regulator"],
  },
  { to: "/payables", word: "payables", icon: IconFileCheck, kinds: ["core_enterprise"] },
  { to: "/disputes", word: "disputes", icon: IconAlertCircle, kinds: ["core_enterprise"] },
  { to: "/calendar", word: "calendar", icon: IconCalendar, kinds: ["core_enterprise"] },
  { to: "/pipeline", also: "/requests", word: "pipeline", icon: IconTimeline, kinds: ["bank"] },
  { to: "/portfolio", also: "/statements", word: "portfolio", icon: IconCashBanknote, kinds: ["bank"] },
  { to: "/exposure", word: "exposure", icon: IconChartBar, kinds: ["bank"] },
  {
    to: "/documents",
    word: "documents",
    icon: IconFiles,
    // An auditor comes to papers by the trade or by searching.
    kinds: ["supplier", "core_enterprise", "bank", "warehouse", "carrier", "regulator", "operator"],
  },
  {
    to: "/packs",
    word: "packs",
    icon: IconPackages,
    kinds: ["supplier", "core_enterprise", "warehouse", "carrier", "auditor", "regulator", "operator"],
  },
  { to: "/financings", word: "financing", icon: IconCash, kinds: ["supplier"] },
  { to: "/requests", word: "requests", icon: IconMessageQuestion, kinds: ["warehouse", "carrier", "auditor"] },
  { to: "/calendar", word: "calendar", icon: IconCalendar, kinds: ["supplier"] },
  { to: "/statements", word: "statements", icon: IconReceipt2, kinds: ["supplier"] },
  { to: "/reports", word: "reports", icon: IconFileAnalytics, kinds: ["bank", "auditor", "regulator"] },
  { to: "/audit", word: "audit", icon: IconHistory, kinds: ["auditor", "regulator", "operator"] },
  { to: "/settings", word: "settings", icon: IconSettings },
];

/** The rail of a person: at most seven entries, in the same order everywhere. */
export function rail(actor: Actor): Entry[] {
  return entries.filter((e) => !e.kinds || e.kinds.includes(actor.kind));
}
