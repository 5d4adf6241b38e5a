import { Group, Text, Title } from "@mantine/core";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { count, instant } from "../../ui/format";
import { useColumns } from "../../ui/layout";
import { type Column, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { ListMenu } from "../../ui/ListMenu";
import { Money } from "../../ui/Money";
import { When } from "../../ui/When";
import { totals } from "../../ui/sum";
import { Bring } from "./Bring";
import { PortfolioTabs } from "./PortfolioTabs";
import { counted, type Statement, statements } from "./queries";

/** The bank statements that were brought, and the place to bring one. */
export function Statements() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(statements);
  const items = data.pages.flatMap((p) => p.items);
  const columns = useStatementColumns();
  const { shown, hidden, onToggle } = useColumns("statements", columns);
  return (
    <div className={lists.screen}>
      <Group className={lists.head} justify="space-between">
        <Title order={1}>{t("statements.title")}</Title>
        <Group gap={8}>
          <Text size="sm" c="dimmed" aria-live="polite">
            {hasNextPage ? null : t("statements.count", { count: items.length, shown: count(items.length) })}
          </Text>
          <ListMenu columns={columns} hidden={hidden} onToggle={onToggle} />
        </Group>
      </Group>
      {actor.kind === "bank" && <PortfolioTabs />}
      <Bring />
      {items.length === 0 && <Empty title={t("statements.empty.title")} text={t("statements.empty.text")} />}
      <List
        label={t("statements.title")}
        columns={shown}
        total={items.length}
        row={(index) => items[index]}
        idOf={(s) => s.id}
        more={{ there: hasNextPage, busy: isFetchingNextPage, onMore: () => void fetchNextPage() }}
        error={error}
        onRetry={() => void refetch()}
      />
    </div>
  );
}

/** What a statement is called: its file, or when it came. */
export function useStatementName(): (s: Statement) => string {
  const { t } = useTranslation();
  return (s) => s.file_name || t("statements.unnamed", { at: instant(s.imported_at) });
}

/** From one day to another, or one day. */
export const period = (from?: string, to?: string) => (from && to && from !== to ? `${from} – ${to}` : (from ?? to ?? ""));

function useStatementColumns(): Column<Statement>[] {
  const { t } = useTranslation();
  const nameOf = useStatementName();
  const named = (c: string) => t(`statements.column.${c as "file"}`);
  return [
    {
      id: "file",
      title: named("file"),
      width: 160,
      grow: 1,
      phone: { line: 1 },
      cell: (s) => (
        <Link to="/statements/$id" params={{ id: s.id }} data-open translate="no">
          {nameOf(s)}
        </Link>
      ),
    },
    { id: "account", title: named("account"), width: 224, grow: 1, cell: (s) => [...new Set(s.accounts.map((a) => a.account))].join(", ") },
    {
      id: "period",
      title: named("period"),
      width: 168,
      phone: { line: 2 },
      cell: (s) => period(s.accounts[0]?.from, s.accounts[0]?.to),
    },
    {
      id: "credits",
      title: named("credits"),
      width: 136,
      right: true,
      phone: { line: 2, end: true },
      cell: (s) => {
        const [sum, ...more] = totals(s.accounts.map((a) => a.credits));
        return sum && (more.length > 0 ? `${sum.currency} +${count(more.length)}` : <Money value={sum} />);
      },
    },
    {
      id: "lines",
      title: named("lines"),
      width: 48,
      right: true,
      cell: (s) => count(s.accounts.reduce((n, a) => n + a.lines, 0)),
    },
    {
      id: "waiting",
      title: named("waiting"),
      width: 136,
      phone: { line: 3 },
      cell: (s) => <Progress statement={s} />,
    },
    { id: "by", title: named("by"), width: 104, cell: (s) => s.imported_by_name },
    { id: "at", title: named("at"), width: 130, phone: { line: 3, end: true }, cell: (s) => <When at={s.imported_at} /> },
  ];
}

/** How far the lines of a statement have come. */
function Progress({ statement: s }: { statement: Statement }) {
  const { t } = useTranslation();
  const [waiting, prepared, underway] = [counted(s, "waiting"), counted(s, "prepared"), counted(s, "underway")];
  if (waiting > 0) return <Badge tone="attention">{t("statements.open", { count: waiting, shown: count(waiting) })}</Badge>;
  if (prepared > 0) return <Badge tone="asked">{t("statements.state.prepared")}</Badge>;
  if (underway > 0) return <Badge tone="busy">{t("statements.state.underway")}</Badge>;
  return <Badge tone="good">{t("statements.decided")}</Badge>;
}
