import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { language } from "../../i18n";
import { amount, compact } from "../../ui/format";
import { isZero, totals } from "../../ui/sum";
import type { Side } from "../payables/queries";
import classes from "./Calendar.module.css";
import { listOf } from "./Ladder";
import { daysAround, monthOf, weekday } from "./weeks";

type Sum = Schemas["DueSum"];

const owed = (s: Sum) => totals([s.due, s.overdue, s.claimed])[0] ?? s.due;

/** A month with what falls due on each day; days on which banks rest are marked and not moved. */
export function Month({ data, side, month }: { data: Schemas["Calendar"]; side: Side; month: string }) {
  const { t } = useTranslation();
  const days = daysAround(month);
  const short = new Intl.DateTimeFormat(language(), { weekday: "short", timeZone: "UTC" });
  const names = days.slice(0, 7).map((day) => short.format(new Date(`${day}T00:00:00Z`)));
  const weeks = Array.from({ length: days.length / 7 }, (_, n) => days.slice(n * 7, n * 7 + 7));
  return (
    <div className={classes.scroller}>
      <table className={classes.month} aria-label={month}>
        <thead>
          <tr>
            {names.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => {
                const sums = data.days.filter((s) => s.from === day);
                const marks = [day === data.today ? t("calendar.today") : "", weekday(day) > 4 ? t("calendar.weekend") : ""];
                return (
                  <td
                    key={day}
                    data-other={monthOf(day) !== month || undefined}
                    data-rest={weekday(day) > 4 || undefined}
                    aria-current={day === data.today ? "date" : undefined}
                  >
                    <time dateTime={day}>{Number(day.slice(8))}</time>
                    <span className={classes.said}>{marks.filter(Boolean).join(" ")}</span>
                    {sums.map((s) => {
                      const paid = isZero(owed(s));
                      const sum = paid ? s.paid : owed(s);
                      const state = paid ? "paid" : isZero(s.overdue) ? "due" : "overdue";
                      const full = `${t(`calendar.series.${state}`)} ${amount(sum.amount, sum.currency)} ${sum.currency}`;
                      return (
                        <Link key={sum.currency} to="/payables" search={listOf(s, side)} className={classes.entry} data-series={state} title={full}>
                          <span aria-hidden>
                            {state === "overdue" && <IconAlertTriangle size={12} />}
                            {state === "paid" && <IconCheck size={12} />}
                            {compact(sum.amount)} <small>{sum.currency}</small>
                          </span>
                          <span className={classes.said}>{full}</span>
                        </Link>
                      );
                    })}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
