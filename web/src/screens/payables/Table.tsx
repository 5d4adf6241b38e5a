import { Button } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Money } from "../../ui/Money";
import { isZero } from "../../ui/sum";
import { disputable, disputedOf } from "./amounts";
import classes from "./Payables.module.css";
import { Standing } from "./PhaseBadge";
import type { Filter, Payable, Sort } from "./queries";
import { useNames } from "./useConfirm";

type Choice = { chosen: ReadonlySet<string>; open: string[]; onChange: (to: ReadonlySet<string>) => void };
type Props = {
  rows: Payable[];
  filter: Filter;
  pays: boolean;
  onSort: (by: Sort) => void;
  choice?: Choice;
  onDispute?: (p: Payable) => void;
};

export function Table({ rows, filter, pays, onSort, choice, onDispute }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const by = filter.sort ?? "due";
  return (
    <div className={classes.scroller}>
      <table className={classes.table}>
        <thead>
          <tr>
            {choice && (
              <th scope="col" className={classes.pick}>
                <All choice={choice} />
              </th>
            )}
            <Sorted name="number" by={by} onSort={onSort} />
            <th scope="col">{t(pays ? "payables.column.supplier" : "payables.column.buyer")}</th>
            <Sorted name="due" by={by} onSort={onSort} />
            <Sorted name="amount" by={by} onSort={onSort} right />
            {filter.tab !== "confirm" && (
              <th scope="col" className={classes.right}>
                {t(filter.tab === "disputed" ? "payables.column.disputed" : "payables.column.left")}
              </th>
            )}
            <th scope="col">{t("payables.column.standing")}</th>
            {onDispute && (
              <th scope="col">
                <span className={classes.said}>{t("payables.column.act")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((p) => (
            <tr key={p.id} data-chosen={choice?.chosen.has(p.id) || undefined}>
              {choice && (
                <td className={classes.pick}>
                  <input
                    type="checkbox"
                    aria-label={t("payables.choose", { number: p.number })}
                    checked={choice.chosen.has(p.id) && choice.open.includes(p.id)}
                    disabled={!choice.open.includes(p.id)}
                    onChange={(e) => {
                      const next = new Set(choice.chosen);
                      if (e.currentTarget.checked) next.add(p.id);
                      else next.delete(p.id);
                      choice.onChange(next);
                    }}
                  />
                </td>
              )}
              <th scope="row">
                <Link to="/payables/$id" params={{ id: p.id }} className={classes.link}>
                  {p.number}
                </Link>
              </th>
              <td className={classes.party}>{nameOf(pays ? p.seller : p.obligor)}</td>
              <td className={classes.date}>{p.due_date}</td>
              <td className={classes.right}>
                <Money value={p.face} />
              </td>
              {filter.tab !== "confirm" && (
                <td className={classes.right} data-column="left">
                  {filter.tab === "disputed" ? <Money value={disputedOf(p)} /> : !isZero(p.due) && <Money value={p.due} />}
                </td>
              )}
              <td>
                <span className={classes.badges}>
                  <Standing of={p} />
                </span>
              </td>
              {onDispute && (
                <td>
                  {!isZero(disputable(p)) && (
                    <Button size="compact-xs" variant="default" onClick={() => onDispute(p)}>
                      {t("payables.dispute.button")}
                      <span className={classes.said}> {p.number}</span>
                    </Button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function All({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  const picked = choice.open.filter((id) => choice.chosen.has(id)).length;
  return (
    <input
      type="checkbox"
      aria-label={t("payables.chooseAll", { count: choice.open.length })}
      checked={picked > 0 && picked === choice.open.length}
      disabled={choice.open.length === 0}
      ref={(box) => {
        if (box) box.indeterminate = picked > 0 && picked < choice.open.length;
      }}
      onChange={(e) => choice.onChange(new Set(e.currentTarget.checked ? choice.open : []))}
    />
  );
}

type SortedProps = { name: "number" | "due" | "amount"; by: Sort; onSort: (by: Sort) => void; right?: boolean };

function Sorted({ name, by, onSort, right }: SortedProps) {
  const { t } = useTranslation();
  const up = by === name;
  const down = by === `-${name}`;
  return (
    <th
      scope="col"
      aria-sort={up ? "ascending" : down ? "descending" : "none"}
      className={right ? classes.right : undefined}
      data-column={name}
    >
      <button type="button" className={classes.sort} onClick={() => onSort(up ? `-${name}` : name)}>
        {t(`payables.column.${name}`)}
        {up && <IconArrowUp size={14} aria-hidden />}
        {down && <IconArrowDown size={14} aria-hidden />}
      </button>
    </th>
  );
}
