import { Group, Title } from "@mantine/core";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { Empty } from "../../ui/Empty";
import { ExportMenu } from "../../ui/ExportMenu";
import { useColumns } from "../../ui/layout";
import { type Column, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { ListMenu } from "../../ui/ListMenu";
import { Money } from "../../ui/Money";
import { When } from "../../ui/When";
import { financings, orderOf, sortOf } from "../bank/queries";
import type { Financing } from "./queries";
import { StatusBadge, statusOf } from "./status";

function useCaseColumns(): Column<Financing>[] {
  const { t } = useTranslation();
  const nameOf = useNames();
  return [
    {
      id: "number",
      title: t("financing.invoice"),
      width: 120,
      grow: 1,
      phone: { line: 1 },
      cell: (f) => (
        <Link to="/financings/$id" params={{ id: f.id }} data-open translate={f.number || f.title ? "no" : undefined} title={f.number || f.title}>
          {f.number || f.title || t("financing.title")}
        </Link>
      ),
    },
    { id: "bank", title: t("financing.bank"), width: 160, grow: 2, phone: { line: 2 }, cell: (f) => nameOf(f.bank) },
    {
      id: "amount",
      title: t("financing.face"),
      width: 150,
      right: true,
      sort: "amount",
      phone: { line: 1, end: true },
      cell: (f) => f.amount && <Money value={f.amount} />,
    },
    { id: "due", title: t("financing.due"), width: 92, sort: "due", phone: { line: 2, end: true }, cell: (f) => f.due_date },
    {
      id: "state",
      title: t("financing.state"),
      width: 170,
      phone: { line: 3 },
      cell: (f) => <StatusBadge status={statusOf(f)} />,
    },
    {
      id: "cash",
      title: t("financing.cash"),
      width: 150,
      right: true,
      cell: (f) => f.terms && <Money value={f.terms.cash} />,
    },
    {
      id: "requested",
      title: t("financing.requested"),
      width: 130,
      sort: "requested",
      cell: (f) => <When at={f.requested_at} />,
    },
  ];
}

/** What was asked for, and how far each case is. */
export function Financings() {
  const { t } = useTranslation();
  const filter = useSearch({ from: "/inside/financings" });
  const navigate = useNavigate({ from: "/financings" });
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(financings(filter));
  const items = data.pages.flatMap((p) => p.items);
  const columns = useCaseColumns();
  const { shown, hidden, onToggle } = useColumns("financings", columns);
  const sorting = { by: sortOf(filter), onSort: (by: string) => void navigate({ search: { ...filter, ...orderOf(by) }, replace: true }) };
  return (
    <div className={lists.screen}>
      <Group className={lists.head} justify="space-between">
        <Title order={1}>{t("financing.title")}</Title>
        <Group gap={8}>
          <ExportMenu list="financings" query={filter} />
          <ListMenu columns={columns} hidden={hidden} onToggle={onToggle} sorting={sorting} />
        </Group>
      </Group>
      {items.length === 0 && <Empty title={t("financing.empty.title")} text={t("financing.empty.text")} />}
      <List
        label={t("financing.title")}
        columns={shown}
        asked={JSON.stringify(filter)}
        total={items.length}
        row={(index) => items[index]}
        idOf={(f) => f.id}
        sorting={sorting}
        more={{ there: hasNextPage, busy: isFetchingNextPage, onMore: () => void fetchNextPage() }}
        error={error}
        onRetry={() => void refetch()}
      />
    </div>
  );
}
