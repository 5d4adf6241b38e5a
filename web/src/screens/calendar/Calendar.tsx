import { Group, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { me } from "../../api/queries";
import { ExportMenu } from "../../ui/ExportMenu";
import { calendar, ownSide, type Side } from "../payables/queries";
import classes from "./Calendar.module.css";
import { Ladder } from "./Ladder";
import { Month } from "./Month";
import { views } from "./search";
import { monday, monthOf, plusDays, plusMonths } from "./weeks";

const shownWeeks = 16;
const weeksBack = 4;

/** The sides that a kind of organisation looks from; a supplier's own claims are both. */
export function sidesOf(actor: Schemas["Actor"]): Side[] {
  switch (actor.kind) {
    case "core_enterprise":
      return ["obligor"];
    case "bank":
      return ["owner"];
    default:
      return ["owner", "assigned"];
  }
}

const today = () => new Date().toISOString().slice(0, 10);

/** What falls due when: a ladder of weeks, the same as a table, or a month. */
export function CalendarScreen() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const search = useSearch({ from: "/inside/calendar" });
  const sides = sidesOf(actor);
  const side = search.side ?? sides[0] ?? ownSide(actor);
  const view = search.view ?? "ladder";
  const from = monday(search.from ?? plusDays(today(), -7 * weeksBack));
  const month = search.month ?? monthOf(today());
  return (
    <div className={classes.all}>
      <Group justify="space-between">
        <Title order={1}>{t("calendar.title")}</Title>
        <ExportMenu
          list="calendar"
          query={view === "month" ? { side, from: monday(`${month}-01`), weeks: 6 } : { side, from, weeks: shownWeeks }}
        />
      </Group>
      <Group justify="space-between" gap="sm" mt={8}>
        <nav className={classes.tabs} aria-label={t("calendar.views")}>
          {views.map((v) => (
            <Link key={v} to="/calendar" search={{ ...search, view: v }} className={classes.tab} aria-current={v === view ? "page" : undefined}>
              {t(`calendar.view.${v}`)}
            </Link>
          ))}
        </nav>
        {sides.length > 1 && (
          <nav className={classes.tabs} aria-label={t("calendar.sides")}>
            {sides.map((s) => (
              <Link key={s} to="/calendar" search={{ ...search, side: s }} className={classes.tab} aria-current={s === side ? "page" : undefined}>
                {t(`calendar.side.${s}`)}
              </Link>
            ))}
          </nav>
        )}
      </Group>
      <Text size="sm" c="dimmed" maw={760} mt={8}>
        {t("calendar.text", { about: t(`calendar.about.${side}`), rule: t("calendar.rule") })}
      </Text>
      {view === "month" ? (
        <>
          <Group gap="md" mt={12}>
            <Link to="/calendar" search={{ ...search, month: plusMonths(month, -1) }} className={classes.link}>
              {t("calendar.earlier")}
            </Link>
            <Text fw={600}>{month}</Text>
            <Link to="/calendar" search={{ ...search, month: plusMonths(month, 1) }} className={classes.link}>
              {t("calendar.later")}
            </Link>
          </Group>
          <MonthOf side={side} month={month} />
        </>
      ) : (
        <>
          <Group gap="md" mt={12}>
            <Link to="/calendar" search={{ ...search, from: plusDays(from, -7 * 12) }} className={classes.link}>
              {t("calendar.earlier")}
            </Link>
            <Link to="/calendar" search={{ ...search, from: plusDays(from, 7 * 12) }} className={classes.link}>
              {t("calendar.later")}
            </Link>
          </Group>
          <LadderOf side={side} from={from} table={view === "table"} />
        </>
      )}
    </div>
  );
}

function LadderOf({ side, from, table }: { side: Side; from: string; table: boolean }) {
  const { data } = useSuspenseQuery(calendar(side, from, shownWeeks));
  return <Ladder data={data} side={side} table={table} />;
}

function MonthOf({ side, month }: { side: Side; month: string }) {
  const { data } = useSuspenseQuery(calendar(side, monday(`${month}-01`), 6));
  return <Month data={data} side={side} month={month} />;
}
