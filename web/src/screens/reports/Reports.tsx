import { Anchor, Group, Text, Title } from "@mantine/core";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { Badge, type Tone } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { count, shortDigest } from "../../ui/format";
import { useColumns } from "../../ui/layout";
import { type Column, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { ListMenu } from "../../ui/ListMenu";
import { When } from "../../ui/When";
import { Make } from "./Make";
import { type Report, reports } from "./queries";
import classes from "./Reports.module.css";

/** The files that the organisation has made, and what else can be made. */
export function Reports() {
  const { t } = useTranslation();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(reports);
  const items = data.pages.flatMap((p) => p.items);
  const total = data.pages[0]?.total ?? 0;
  const columns = useReportColumns();
  const { shown, hidden, onToggle } = useColumns("reports", columns);
  return (
    <div className={lists.screen}>
      <Group className={lists.head} justify="space-between">
        <Title order={1}>{t("reports.title")}</Title>
        <Group gap={8}>
          <Text size="sm" c="dimmed" aria-live="polite" data-testid="total">
            {t("reports.count", { count: total, shown: count(total) })}
          </Text>
          <ListMenu columns={columns} hidden={hidden} onToggle={onToggle} />
        </Group>
      </Group>
      <Make />
      {items.length === 0 && <Empty title={t("reports.empty.title")} text={t("reports.empty.text")} />}
      <List
        label={t("reports.made")}
        columns={shown}
        total={items.length}
        row={(index) => items[index]}
        idOf={(r) => r.id}
        more={{ there: hasNextPage, busy: isFetchingNextPage, onMore: () => void fetchNextPage() }}
        error={error}
        onRetry={() => void refetch()}
      />
    </div>
  );
}

export const tones: Record<Report["state"], Tone> = { waiting: "busy", made: "good", failed: "bad" };

/** The end of a media type, as people call it. */
const formatOf = (r: Report) => (r.media_type.includes("sheet") ? "xlsx" : r.media_type.includes("pdf") ? "pdf" : "csv");

function useReportColumns(): Column<Report>[] {
  const { t } = useTranslation();
  const what = (r: Report) =>
    t(`reports.kind.${r.kind === "list" ? (r.subject === "audit" ? "log" : (r.subject as "documents")) : r.kind}`);
  return [
    { id: "what", title: t("reports.column.what"), width: 190, grow: 1, phone: { line: 1, wide: true }, cell: what },
    {
      id: "filter",
      title: t("reports.column.filter"),
      width: 200,
      grow: 1.2,
      phone: { line: 2, wide: true },
      cell: (r) => (r.kind === "list" ? <Filter query={r.query ?? ""} /> : "—"),
    },
    { id: "by", title: t("reports.column.by"), width: 140, grow: 0.6, cell: (r) => r.requested_by },
    { id: "at", title: t("reports.column.at"), width: 130, phone: { line: 1, end: true }, cell: (r) => <When at={r.requested_at} /> },
    {
      id: "rows",
      title: t("reports.column.rows"),
      width: 80,
      right: true,
      cell: (r) => (r.rows === undefined ? "—" : count(r.rows)),
    },
    {
      id: "digest",
      title: t("reports.column.digest"),
      width: 150,
      cell: (r) =>
        r.digest && (
          <code className={classes.hash} title={r.digest}>
            {shortDigest(r.digest)}
          </code>
        ),
    },
    {
      id: "file",
      title: t("reports.column.file"),
      width: 170,
      phone: { line: 3 },
      cell: (r) =>
        r.file_url ? (
          <Anchor href={r.file_url} download size="sm" data-open>
            {t("reports.download", { format: t(`export.${formatOf(r)}`) })}
          </Anchor>
        ) : (
          <Badge tone={tones[r.state]}>{t(`reports.state.${r.state}`)}</Badge>
        ),
    },
  ];
}

/** The reader's day of an instant, or of the last moment before it. */
function dayOf(instant: string, before = 0): string {
  const d = new Date(new Date(instant).getTime() - before);
  return Number.isNaN(d.getTime()) ? "…" : [d.getFullYear(), d.getMonth() + 1, d.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
}

/** The words of a query's values, by its name; and those that name an organisation. */
const words = {
  kind: "kind",
  state: "state",
  findings: "documents.weight",
  phase: "payables.phase",
  stage: "pipeline.stage",
  act: "audit.act",
  source: "audit.source",
} as const;
const ids = new Set(["organisation", "counterparty", "seller", "obligor"]);

/** What of a query is said by itself, or narrows nothing. */
const said = new Set(["since", "due_from", "from", "until", "due_until", "due_to", "q", "search", "sort", "order", "side", "weeks"]);

/** How a list was narrowed, in words: days and a text by themselves, and how much more. */
function Filter({ query }: { query: string }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const given = new URLSearchParams(query);
  const take = (...names: string[]) => names.map((n) => given.get(n) ?? "").find((v) => v !== "") ?? "";
  const from = take("since") ? dayOf(take("since")) : take("due_from", "from");
  const until = take("until") ? dayOf(take("until"), 1) : take("due_until", "due_to");
  const text = take("q", "search");
  const others = [...given].filter(([k]) => !said.has(k));
  const worded = others.filter(([k]) => k in words || ids.has(k));
  const more = new Set(others.filter(([k]) => !(k in words) && !ids.has(k)).map(([k]) => k)).size;
  const parts = [
    ...(from || until ? [t("reports.filter.days", { from: from || "…", until: until || "…" })] : []),
    ...worded.map(([k, v]) =>
      ids.has(k) ? nameOf(v) : t(`${words[k as keyof typeof words]}.${v.replaceAll(".", "_")}`, { defaultValue: v }),
    ),
    ...(text ? [t("reports.filter.text", { text })] : []),
    ...(more > 0 ? [t("reports.filter.more", { count: more })] : []),
  ];
  return <span title={query}>{parts.length > 0 ? parts.join(" · ") : t("reports.unfiltered")}</span>;
}
