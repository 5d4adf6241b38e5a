import { Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { amount, compact } from "../../ui/format";
import { Money } from "../../ui/Money";
import { isZero, larger, thousandths, totals } from "../../ui/sum";
import type { Filter, Side, Tab } from "../payables/queries";
import { plusDays } from "./weeks";
import classes from "./Calendar.module.css";

type Sum = Schemas["DueSum"];
type Calendar = Schemas["Calendar"];

const series = ["overdue", "due", "claimed", "paid"] as const;
type Series = (typeof series)[number];

/** Which tab of the list holds most of what a stretch of days has. */
export function tabFor(s: Sum): Tab {
  if (!isZero(s.overdue) || !isZero(s.due)) return "confirmed";
  return isZero(s.claimed) ? "settled" : "confirm";
}

export function listOf(s: Sum, side: Side): Filter {
  return { tab: tabFor(s), side, currency: s.due.currency, ...(s.from ? { from: s.from } : {}), until: s.until };
}

const whole = (s: Sum) => totals([s.overdue, s.due, s.claimed, s.paid])[0] ?? s.due;

/** Weeks and what falls due in each, one ladder for each currency: currencies are never added up. */
export function Ladder({ data, side, table }: { data: Calendar; side: Side; table: boolean }) {
  const { t } = useTranslation();
  const currencies = [...new Set([...data.before, ...data.weeks].map((s) => s.due.currency))].sort();
  if (currencies.length === 0) {
    return (
      <div className={classes.empty}>
        <Title order={2}>{t("calendar.empty.title")}</Title>
        <Text c="dimmed">{t(`calendar.empty.${side}`)}</Text>
      </div>
    );
  }
  return (
    <>
      {!table && <Legend />}
      {currencies.map((currency) => {
        const rows = everyWeek(data, currency);
        return (
          <section key={currency} className={classes.part} aria-label={currency}>
            <Title order={2}>{currency}</Title>
            {table ? <Rows rows={rows} side={side} today={data.today} /> : <Bars rows={rows} side={side} today={data.today} />}
          </section>
        );
      })}
    </>
  );
}

/** What is still owed of earlier days, and every week, those with nothing too. */
function everyWeek(data: Calendar, currency: string): Sum[] {
  const rows = data.before.filter((s) => s.due.currency === currency);
  const none = { amount: "0", currency };
  for (let from = data.from; from < data.until; from = plusDays(from, 7)) {
    const found = data.weeks.find((s) => s.from === from && s.due.currency === currency);
    const empty = { from, until: plusDays(from, 6), count: 0, claimed: none, due: none, overdue: none, paid: none };
    rows.push(found ?? empty);
  }
  return rows;
}

function Legend() {
  const { t } = useTranslation();
  return (
    <ul className={classes.legend}>
      {series.map((name) => (
        <li key={name}>
          <span className={classes.sample} data-series={name} aria-hidden />
          {t(`calendar.series.${name}`)}
        </li>
      ))}
    </ul>
  );
}

function useLabel(): (s: Sum) => string {
  const { t } = useTranslation();
  return (s) => (s.from ? s.from : t("calendar.before", { day: s.until }));
}

/** The words of a bar: everything that its colours say, in full. */
function useSaid(): (s: Sum) => string {
  const { t } = useTranslation();
  return (s) =>
    series
      .filter((name) => !isZero(s[name]))
      .map((name) => `${t(`calendar.series.${name}`)} ${amount(s[name].amount, s[name].currency)} ${s[name].currency}`)
      .join(t("payables.and"));
}

const isThisWeek = (s: Sum, today: string) => Boolean(s.from && s.from <= today && today <= s.until);

function Bars({ rows, side, today }: { rows: Sum[]; side: Side; today: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const said = useSaid();
  const [first] = rows;
  if (!first) return null;
  const most = rows.map(whole).reduce(larger, whole(first));
  return (
    <ul className={classes.ladder}>
      {rows.map((s) => (
        <li key={s.from ?? "before"}>
          <Rung sum={s} side={side} said={said(s)}>
            <span className={classes.week}>
              {label(s)}
              {isThisWeek(s, today) && <small> {t("calendar.thisWeek")}</small>}
            </span>
            <span className={classes.bar} aria-hidden>
              {series.map((name) => (
                <Piece key={name} name={name} sum={s} most={most} />
              ))}
            </span>
            <span className={classes.value} aria-hidden>
              {s.count > 0 && compact(whole(s).amount)} {s.count > 0 && <small>{s.due.currency}</small>}
            </span>
            <span className={classes.said}>
              {[t("calendar.count", { count: s.count }), said(s)].filter(Boolean).join(": ")}
            </span>
          </Rung>
        </li>
      ))}
    </ul>
  );
}

type RungProps = { sum: Sum; side: Side; said: string; children: ReactNode };

/** A week leads to its list, unless there is nothing in it. */
function Rung({ sum, side, said, children }: RungProps) {
  if (sum.count === 0) return <div className={classes.rung}>{children}</div>;
  return (
    <Link to="/payables" search={listOf(sum, side)} className={classes.rung} title={said}>
      {children}
    </Link>
  );
}

/** A piece of a bar; one that is there is at least seen. */
function Piece({ name, sum, most }: { name: Series; sum: Sum; most: Schemas["Amount"] }) {
  if (isZero(sum[name])) return null;
  return <span data-series={name} style={{ width: `max(3px, ${thousandths(sum[name], most) / 10}%)` }} />;
}

function Rows({ rows, side, today }: { rows: Sum[]; side: Side; today: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <div className={classes.scroller}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("calendar.week")}</th>
            <th scope="col">{t("calendar.number")}</th>
            {series.map((name) => (
              <th scope="col" key={name} className={classes.right}>
                {t(`calendar.series.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((s) => (
            <tr key={s.from ?? "before"} aria-current={isThisWeek(s, today) ? "date" : undefined}>
              <th scope="row">
                {s.count > 0 ? (
                  <Link to="/payables" search={listOf(s, side)} className={classes.link}>
                    {label(s)}
                  </Link>
                ) : (
                  label(s)
                )}
              </th>
              <td className={classes.right}>{s.count}</td>
              {series.map((name) => (
                <td key={name} className={classes.right}>
                  {!isZero(s[name]) && <Money value={s[name]} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
