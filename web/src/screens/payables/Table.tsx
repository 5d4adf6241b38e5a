import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Column } from "../../ui/List";
import { Money } from "../../ui/Money";
import { isZero } from "../../ui/sum";
import { disputable, disputedOf } from "./amounts";
import classes from "./Payables.module.css";
import { Standing } from "./PhaseBadge";
import type { Filter, Payable } from "./queries";
import { useNames } from "./useConfirm";

/** What a list of payables says of each, to who pays or to who is paid. */
export function usePayableColumns(tab: Filter["tab"], pays: boolean, onDispute?: (p: Payable) => void): Column<Payable>[] {
  const { t } = useTranslation();
  const nameOf = useNames();
  const columns: Column<Payable>[] = [
    {
      id: "number",
      title: t("payables.column.number"),
      width: 120,
      sort: "number",
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
      width: 230,
      grow: 2,
      phone: { line: 2 },
      cell: (p) => nameOf(pays ? p.seller : p.obligor),
    },
    { id: "due", title: t("payables.column.due"), width: 92, sort: "due", phone: { line: 2, end: true }, cell: (p) => p.due_date },
    {
      id: "amount",
      title: t("payables.column.amount"),
      width: 140,
      right: true,
      sort: "amount",
      phone: { line: 1, end: true },
      cell: (p) => <Money value={p.face} />,
    },
  ];
  if (tab !== "confirm") {
    columns.push({
      id: "left",
      title: t(tab === "disputed" ? "payables.column.disputed" : "payables.column.left"),
      width: 140,
      right: true,
      cell: (p) => (tab === "disputed" ? <Money value={disputedOf(p)} /> : !isZero(p.due) && <Money value={p.due} />),
    });
  }
  columns.push({
    id: "standing",
    title: t("payables.column.standing"),
    width: 190, // "Confirmed" and "In dispute" beside each other
    phone: { line: 3 },
    cell: (p) => (
      <span className={classes.badges}>
        <Standing of={p} />
      </span>
    ),
  });
  if (onDispute) {
    columns.push({
      id: "act",
      title: t("payables.column.act"),
      width: 130,
      phone: { line: 3, end: true },
      cell: (p) =>
        !isZero(disputable(p)) && (
          <Button size="compact-sm" variant="default" onClick={() => onDispute(p)}>
            {t("payables.dispute.button")}
            <span className={classes.said}> {p.number}</span>
          </Button>
        ),
    });
  }
  return columns;
}
