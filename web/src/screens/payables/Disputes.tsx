import { Text, Title } from "@mantine/core";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Actor } from "../../api/client";
import { me } from "../../api/queries";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { type Column, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { Money } from "../../ui/Money";
import { disputedOf } from "./amounts";
import classes from "./Payables.module.css";
import { PhaseBadge } from "./PhaseBadge";
import { canSign, ownSide, type Payable, payables } from "./queries";
import { useNames } from "./useConfirm";

/** Where a dispute stands: who has to sign its end, or the phase of the payable. */
function Turn({ of: p, actor }: { of: Payable; actor: Actor }) {
  const { t } = useTranslation();
  const ending = p.pending?.find((i) => i.act === "receivable.resolve");
  if (!ending) return <PhaseBadge phase={p.phase} />;
  return <Badge tone="asked">{t(canSign(ending, actor) ? "payables.disputes.mine" : "payables.disputes.theirs")}</Badge>;
}

function useDisputeColumns(actor: Actor): Column<Payable>[] {
  const { t } = useTranslation();
  const nameOf = useNames();
  const pays = ownSide(actor) === "obligor";
  return [
    {
      id: "number",
      title: t("payables.column.number"),
      width: 140,
      phone: { line: 1 },
      cell: (p) => (
        <Link to="/payables/$id" params={{ id: p.id }} data-open>
          {p.number}
        </Link>
      ),
    },
    {
      id: "party",
      title: t(pays ? "payables.column.supplier" : "payables.column.buyer"),
      width: 150,
      grow: 1,
      phone: { line: 2 },
      cell: (p) => nameOf(pays ? p.seller : p.obligor),
    },
    {
      id: "reason",
      title: t("payables.fact.reason"),
      width: 200,
      grow: 2,
      phone: { line: 3, wide: true },
      cell: (p) => [p.reason_code ? t(`payables.code.${p.reason_code}`) : "", p.reason].filter(Boolean).join(" · "),
    },
    {
      id: "disputed",
      title: t("payables.column.disputed"),
      width: 160,
      right: true,
      phone: { line: 1, end: true },
      cell: (p) => <Money value={disputedOf(p)} />,
    },
    { id: "amount", title: t("payables.column.amount"), width: 160, right: true, cell: (p) => <Money value={p.face} /> },
    {
      id: "standing",
      title: t("payables.column.standing"),
      width: 190,
      phone: { line: 2, end: true },
      cell: (p) => <Turn of={p} actor={actor} />,
    },
  ];
}

/** What is disputed and not ended yet: why, how much, and whose turn it is. */
export function Disputes() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(
    payables({ tab: "disputed", side: ownSide(actor) }),
  );
  const rows = data.pages.flatMap((p) => p.items);
  const columns = useDisputeColumns(actor);
  return (
    <div className={lists.screen}>
      <div className={lists.head}>
        <Title order={1}>{t("payables.disputes.title")}</Title>
        {rows.length > 0 && (
          <Text size="sm" c="dimmed" maw={760}>
            {t("payables.disputes.text")}
          </Text>
        )}
      </div>
      {rows.length === 0 && (
        <Empty title={t("payables.disputes.emptyTitle")} text={t("payables.disputes.emptyText")}>
          <Link to="/payables" search={{ tab: "confirmed" }} className={classes.plainLink}>
            {t("payables.disputes.where")}
          </Link>
        </Empty>
      )}
      <List
        label={t("payables.disputes.title")}
        columns={columns}
        total={rows.length}
        row={(index) => rows[index]}
        idOf={(p) => p.id}
        more={{ there: hasNextPage, busy: isFetchingNextPage, onMore: () => void fetchNextPage() }}
        error={error}
        onRetry={() => void refetch()}
      />
    </div>
  );
}
