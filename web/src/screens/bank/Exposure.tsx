import { Button, Group, NativeSelect, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { Table } from "../../ui/Table";
import tables from "../../ui/Table.module.css";
import { amount, count } from "../../ui/format";
import { AlertBadge } from "./Alert";
import classes from "./Exposure.module.css";
import { useNames } from "../../api/names";
import { type Exposure as Line, exposures, financings, type Stage } from "./queries";

const dimensions = ["obligor", "seller", "programme", "currency"] as const;
type By = (typeof dimensions)[number];

/** How much of a limit is used, in hundredths; only for the length of a bar. */
function share(part: string, whole: string): number {
  const a = BigInt(part.replace(".", ""));
  const b = BigInt(whole.replace(".", ""));
  return b > 0n ? Math.min(100, Number((a * 100n) / b)) : 0;
}

/** The cases that are not counted yet: what each would do to the limits may be asked. */
const undecided: Stage[] = ["submitted", "returned", "quoted", "accepting"];

export function Exposure() {
  const { t } = useTranslation();
  const { by = "obligor", with: asked, table } = useSearch({ from: "/inside/exposure" });
  const navigate = useNavigate();
  const { data } = useSuspenseQuery(exposures());
  const what = useQuery({ ...exposures(asked), enabled: asked !== undefined });
  const cases = useInfiniteQuery(financings({ stage: undecided, sort: "requested", order: "desc" }));
  const [all, setAll] = useState(false);
  const go = (change: { by?: By; with?: string | undefined; table?: boolean }) =>
    void navigate({
      to: "/exposure",
      search: (s: { by?: By; with?: string; table?: boolean }) =>
        Object.fromEntries(Object.entries({ ...s, ...change }).filter(([, v]) => v !== undefined && v !== "" && v !== false)),
      replace: true,
    });
  const lines = (asked ? (what.data ?? data) : data).items.filter((e) => e.by === by);
  const alerts = data.items.filter((e) => e.by === "programme" && e.alert !== "none");
  const currencies = [...new Set(lines.map((e) => e.limit.currency))];
  if (data.items.length === 0) {
    return (
      <div className={classes.empty}>
        <Title order={1}>{t("exposure.empty.title")}</Title>
        <Text c="dimmed">{t("exposure.empty.text")}</Text>
      </div>
    );
  }
  return (
    <div className={classes.all}>
      <Title order={1}>{t("exposure.title")}</Title>
      <Text size="sm" c="dimmed">
        {t("exposure.help")}
      </Text>
      {alerts.length > 0 && (
        <p className={classes.alerts}>
          <strong>{count(alerts.length)}</strong>{" "}
          {t("exposure.alerts", { count: alerts.length })}
        </p>
      )}
      <Group gap={12} align="end">
        <Button.Group aria-label={t("exposure.by")}>
          {dimensions.map((d) => (
            <Button key={d} size="xs" variant={d === by ? "filled" : "default"} aria-pressed={d === by} onClick={() => go({ by: d })}>
              {t(`exposure.dimension.${d}`)}
            </Button>
          ))}
        </Button.Group>
        <NativeSelect
          size="xs"
          label={t("exposure.whatIf")}
          data={[
            { value: "", label: t("exposure.noCase") },
            ...(cases.data?.pages.flatMap((p) => p.items) ?? []).map((f) => ({
              value: f.id,
              label: `${f.number || f.title || ""} ${f.amount ? `${amount(f.amount.amount, f.amount.currency)} ${f.amount.currency}` : ""}`,
            })),
          ]}
          value={asked ?? ""}
          onChange={(e) => go({ with: e.currentTarget.value })}
        />
        <Button size="xs" variant="default" aria-pressed={table === true} onClick={() => go({ table: !table })}>
          {t(table ? "exposure.asBars" : "exposure.asTable")}
        </Button>
      </Group>
      {what.isError && <ProblemNote error={what.error} />}
      {currencies.map((currency) => {
        const rows = lines.filter((e) => e.limit.currency === currency);
        const shown = all ? rows : rows.slice(0, 10);
        return (
          <section key={currency} className={classes.block} aria-label={t("exposure.in", { currency })}>
            <Title order={2}>{t("exposure.in", { currency })}</Title>
            {table ? <Figures lines={shown} by={by} /> : <Bars lines={shown} />}
            {rows.length > 10 && (
              <Button size="compact-sm" variant="subtle" onClick={() => setAll(!all)}>
                {t(all ? "exposure.top" : "exposure.every", { count: rows.length })}
              </Button>
            )}
          </section>
        );
      })}
    </div>
  );
}

/** The name of a line, which leads to its financings. */
function Name({ line: e }: { line: Line }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const label = e.by === "currency" ? e.id : e.by === "programme" ? t("exposure.programme", { id: e.id.slice(-6) }) : nameOf(e.id);
  const search = { [e.by]: e.id, ...(e.by === "currency" ? {} : { currency: e.limit.currency }) };
  return (
    <Link to="/portfolio" search={search} className={classes.link} title={t("exposure.drill")}>
      {label}
    </Link>
  );
}

function Bars({ lines }: { lines: Line[] }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.bars}>
      {lines.map((e) => {
        const used = share(e.used.amount, e.limit.amount);
        const after = e.with ? share(e.with.used.amount, e.limit.amount) : used;
        return (
          <li key={e.id}>
            <div className={classes.barHead}>
              <Name line={e} />
              <AlertBadge alert={e.with?.alert ?? e.alert} />
              <span className={classes.free}>
                {t("exposure.free")} <Money value={e.with?.free ?? e.free} />
              </span>
            </div>
            <div className={classes.bar} aria-hidden>
              <span className={classes.used} style={{ width: `${used}%` }} />
              {after > used && <span className={classes.more} style={{ left: `${used}%`, width: `${after - used}%` }} />}
            </div>
            <div className={classes.barFoot}>
              <span>
                {t("exposure.used", { share: used })} <Money value={e.used} />
                {e.with && after >= used && e.with.used.amount !== e.used.amount && (
                  <>
                    {" → "}
                    <strong>
                      <Money value={e.with.used} />
                    </strong>
                  </>
                )}
              </span>
              <span>
                {t("exposure.limit")} <Money value={e.limit} />
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Figures({ lines, by }: { lines: Line[]; by: By }) {
  const { t } = useTranslation();
  const columns = ["limit", "used", "reserved", "free", "outstanding", "overdue"] as const;
  const named = (c: (typeof columns)[number]) => t(`exposure.${c === "used" ? "usedColumn" : c}`);
  return (
    <Table label={t("exposure.figures", { currency: lines[0]?.limit.currency ?? "" })} className={classes.figures}>
      <thead>
        <tr>
          <th scope="col">{t(`exposure.one.${by}`)}</th>
          {columns.map((c) => (
            <th scope="col" key={c} className={tables.number}>
              {named(c)}
            </th>
          ))}
          <th scope="col">{t("exposure.state")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((e) => (
          <tr key={e.id}>
            <th scope="row" className={tables.wraps} data-title={t(`exposure.one.${by}`)}>
              <Name line={e} />
            </th>
            {columns.map((c) => (
              <td key={c} className={tables.number} data-title={named(c)}>
                <Money value={e[c]} />
              </td>
            ))}
            <td data-title={t("exposure.state")}>
              <AlertBadge alert={e.with?.alert ?? e.alert} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
