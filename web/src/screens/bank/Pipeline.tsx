import { Button, Group, Loader, NativeSelect, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconSortAscending, IconSortDescending } from "@tabler/icons-react";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { organisations } from "../../api/queries";
import { Money } from "../../ui/Money";
import { instant, instantLong } from "../../ui/format";
import { useNames } from "./names";
import classes from "./Pipeline.module.css";
import { type Filter, type Financing, financings, type Stage } from "./queries";
import { StageBadge } from "./StageBadge";

/** What is on its way, in the order of the stages; what is out, and what has ended. */
export const open: Stage[] = [
  "requested",
  "submitted",
  "returned",
  "quoted",
  "accepting",
  "accepted",
  "checking",
  "approved",
  "paying",
];
const ended: Stage[] = ["refused_by_rule", "refused", "declined", "lapsed"];
export const lent: Stage[] = ["financed", "overdue", "settled"];

const rowHeight = 36;
const phoneRowHeight = 64;

type Props = { title: string; empty: string; stages: Stage[]; from: "/inside/pipeline" | "/inside/portfolio" };

export function Pipeline() {
  return <Financings title="pipeline" empty="pipeline" stages={[...open, ...ended]} from="/inside/pipeline" />;
}

export function Portfolio() {
  return <Financings title="portfolio" empty="portfolio" stages={lent} from="/inside/portfolio" />;
}

function Financings({ title, empty, stages, from }: Props) {
  const { t } = useTranslation();
  const filter: Filter = useSearch({ from });
  const navigate = useNavigate();
  const chosen = filter.stage?.filter((s) => stages.includes(s)) ?? [];
  const asked: Filter = { ...filter, stage: chosen.length > 0 ? chosen : stages };
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(financings(asked));
  const items = data.pages.flatMap((p) => p.items);
  const totals = data.pages[0]?.totals ?? [];
  const narrow = (change: Filter) => {
    const search = Object.fromEntries(
      Object.entries({ ...filter, ...change }).filter(([, v]) => v !== undefined && v !== "" && v?.length !== 0),
    );
    void navigate({ to: from === "/inside/pipeline" ? "/pipeline" : "/portfolio", search, replace: true });
  };
  const counted = (stage: Stage) => totals.filter((x) => x.stage === stage).reduce((n, x) => n + x.count, 0);
  const toggle = (stage: Stage) =>
    narrow({ stage: chosen.includes(stage) ? chosen.filter((s) => s !== stage) : [...chosen, stage] });
  const narrowed = Boolean(chosen.length || filter.seller || filter.obligor || filter.programme || filter.currency);
  return (
    <div className={classes.all}>
      <div className={classes.head}>
        <Group justify="space-between" wrap="nowrap">
          <Title order={1}>{t(`pipeline.title.${title as "pipeline"}`)}</Title>
          <Sums totals={totals.filter((x) => (asked.stage ?? []).includes(x.stage))} lent={title === "portfolio"} />
        </Group>
        <Group gap={6} role="group" aria-label={t("pipeline.stages")}>
          {stages
            .filter((s) => counted(s) > 0 || chosen.includes(s))
            .map((s) => (
              <button
                type="button"
                key={s}
                className={classes.chip}
                aria-pressed={chosen.includes(s)}
                onClick={() => toggle(s)}
              >
                <StageBadge stage={s} />
                <span className={classes.number}>{counted(s)}</span>
              </button>
            ))}
        </Group>
        <Filters filter={filter} onChange={narrow} narrowed={narrowed} />
      </div>
      {items.length === 0 ? (
        <div className={classes.empty}>
          <Title order={2}>{t(narrowed ? "pipeline.none.title" : `pipeline.empty.${empty as "pipeline"}.title`)}</Title>
          <Text c="dimmed">{t(narrowed ? "pipeline.none.text" : `pipeline.empty.${empty as "pipeline"}.text`)}</Text>
        </div>
      ) : (
        <Rows
          items={items}
          lent={title === "portfolio"}
          label={t(`pipeline.title.${title as "pipeline"}`)}
          busy={isFetchingNextPage}
          onEnd={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
        />
      )}
    </div>
  );
}

type Total = { stage: Stage; count: number; amount: Financing["amount"]; outstanding: Financing["amount"] };

/** What the list comes to in each currency: never added up over them. */
function Sums({ totals, lent: out }: { totals: Total[]; lent: boolean }) {
  const { t } = useTranslation();
  const sums = new Map<string, bigint>();
  for (const x of totals) {
    const value = out ? x.outstanding : x.amount;
    if (!value) continue;
    sums.set(value.currency, (sums.get(value.currency) ?? 0n) + minor(value.amount));
  }
  if (sums.size === 0) return null;
  return (
    <dl className={classes.sums}>
      <dt>{t(out ? "pipeline.outstanding" : "pipeline.asked")}</dt>
      {[...sums].map(([currency, sum]) => (
        <dd key={currency}>
          <Money value={{ amount: plain(sum, totals, currency), currency }} />
        </dd>
      ))}
    </dl>
  );
}

const decimalsIn = (text: string) => text.split(".")[1]?.length ?? 0;
const minor = (text: string) => BigInt(text.replace(".", ""));

/** Amounts of one currency have the same decimals, so their digits are added up exactly. */
function plain(sum: bigint, totals: Total[], currency: string): string {
  const decimals = decimalsIn(totals.find((x) => x.amount?.currency === currency)?.amount?.amount ?? "");
  const digits = sum.toString().padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function Filters({ filter, onChange, narrowed }: { filter: Filter; onChange: (f: Filter) => void; narrowed: boolean }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data } = useSuspenseQuery(organisations);
  const of = (kinds: string[]) => [
    { value: "", label: t("pipeline.all") },
    ...data.items.filter((o) => kinds.includes(o.kind)).map((o) => ({ value: o.id, label: nameOf(o.id) })),
  ];
  const descending = filter.order !== "asc";
  return (
    <Group gap={8} align="end" className={classes.filters}>
      <NativeSelect
        size="xs"
        label={t("pipeline.obligor")}
        data={of(["core_enterprise"])}
        value={filter.obligor ?? ""}
        onChange={(e) => onChange({ obligor: e.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={t("pipeline.seller")}
        data={of(["supplier", "core_enterprise"])}
        value={filter.seller ?? ""}
        onChange={(e) => onChange({ seller: e.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={t("pipeline.sort")}
        data={(["requested", "moved", "due", "amount"] as const).map((s) => ({ value: s, label: t(`pipeline.by.${s}`) }))}
        value={filter.sort ?? "requested"}
        onChange={(e) => onChange({ sort: e.currentTarget.value as NonNullable<Filter["sort"]> })}
      />
      <Button
        size="xs"
        variant="default"
        leftSection={descending ? <IconSortDescending size={16} aria-hidden /> : <IconSortAscending size={16} aria-hidden />}
        onClick={() => onChange({ order: descending ? "asc" : "desc" })}
      >
        {t(descending ? "pipeline.desc" : "pipeline.asc")}
      </Button>
      {narrowed && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() =>
            onChange({ stage: [], seller: "", obligor: "", programme: "", currency: "" })
          }
        >
          {t("pipeline.clear")}
        </Button>
      )}
    </Group>
  );
}

type RowsProps = { items: Financing[]; lent: boolean; label: string; busy: boolean; onEnd: () => void };

function Rows({ items, lent: out, label, busy, onEnd }: RowsProps) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const scroller = useRef<HTMLDivElement>(null);
  const height = useMediaQuery("(width < 48em)") ? phoneRowHeight : rowHeight;
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 20,
  });
  useEffect(() => rows.measure(), [height, rows]);
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= items.length - 20) onEnd();
  }, [last, items.length, onEnd]);
  const columns = ["number", "seller", "obligor", "stage", "amount", out ? "outstanding" : "asked", "due", "moved"] as const;
  return (
    <div ref={scroller} className={classes.scroller}>
      <div role="table" aria-label={label} aria-rowcount={items.length + 1} className={classes.table}>
        <div role="row" aria-rowindex={1} className={classes.titles}>
          {columns.map((c) => (
            <span role="columnheader" key={c} data-column={c === "outstanding" ? "asked" : c}>
              {t(`pipeline.column.${c}`)}
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
          {visible.map((row) => {
            const f = items[row.index];
            if (!f) return null;
            const moved = f.at ?? f.requested_at;
            const second = out ? f.outstanding : f.terms?.cash;
            return (
              <div
                role="row"
                key={f.id}
                aria-rowindex={row.index + 2}
                className={classes.row}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <span role="cell" data-column="number">
                  <Link to="/review/$id" params={{ id: f.id }} className={classes.link}>
                    {f.number || f.title || t("pipeline.unnamed")}
                  </Link>
                </span>
                <span role="cell" data-column="seller" title={nameOf(f.seller)}>
                  {nameOf(f.seller)}
                </span>
                <span role="cell" data-column="obligor" title={nameOf(f.obligor)}>
                  {nameOf(f.obligor)}
                </span>
                <span role="cell" data-column="stage">
                  {f.stage && <StageBadge stage={f.stage} />}
                </span>
                <span role="cell" data-column="amount">
                  {f.amount && <Money value={f.amount} />}
                </span>
                <span role="cell" data-column="asked">
                  {second && <Money value={second} />}
                </span>
                <span role="cell" data-column="due">
                  {f.due_date}
                </span>
                <span role="cell" data-column="moved">
                  {moved && (
                    <time dateTime={moved} title={instantLong(moved)}>
                      {instant(moved)}
                    </time>
                  )}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {busy && <Loader size="sm" m="md" aria-label={t("common.loading")} />}
    </div>
  );
}
