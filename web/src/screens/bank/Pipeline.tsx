import { Button, Group, NativeSelect, Title } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { organisations } from "../../api/queries";
import { Empty } from "../../ui/Empty";
import { ExportMenu } from "../../ui/ExportMenu";
import { useColumns } from "../../ui/layout";
import { type Column, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { ListMenu } from "../../ui/ListMenu";
import { Money } from "../../ui/Money";
import { totals as sumsOf } from "../../ui/sum";
import { When } from "../../ui/When";
import { PortfolioTabs } from "../statements/PortfolioTabs";
import { useNames } from "../../api/names";
import classes from "./Pipeline.module.css";
import { ended, type Filter, type Financing, financings, lent, onTheWay, orderOf, sortOf, type Stage, staged } from "./queries";
import { StageBadge } from "./StageBadge";

type Props = { title: string; empty: string; stages: Stage[]; from: "/inside/pipeline" | "/inside/portfolio" };

export function Pipeline() {
  return <Financings title="pipeline" empty="pipeline" stages={onTheWay} from="/inside/pipeline" />;
}

export function Portfolio() {
  return <Financings title="portfolio" empty="portfolio" stages={lent} from="/inside/portfolio" />;
}

function Financings({ title, empty, stages, from }: Props) {
  const { t } = useTranslation();
  const filter: Filter = useSearch({ from });
  const navigate = useNavigate();
  const chosen = filter.stage?.filter((s) => stages.includes(s)) ?? [];
  const asked = staged(filter, stages);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(financings(asked));
  const items = data.pages.flatMap((p) => p.items);
  const totals = data.pages[0]?.totals ?? [];
  const summed = chosen.length > 0 ? chosen : stages.filter((s) => !ended.includes(s)); // nobody asks for what came to nothing
  const columns = useFinancingColumns(title === "portfolio");
  const { shown, hidden, onToggle } = useColumns(title, columns);
  const narrow = (change: Filter) => {
    const search = Object.fromEntries(
      Object.entries({ ...filter, ...change }).filter(([, v]) => v !== undefined && v !== "" && v?.length !== 0),
    );
    void navigate({ to: from === "/inside/pipeline" ? "/pipeline" : "/portfolio", search, replace: true });
  };
  const sorting = { by: sortOf(filter), onSort: (by: string) => narrow(orderOf(by)) };
  const counted = (stage: Stage) => totals.filter((x) => x.stage === stage).reduce((n, x) => n + x.count, 0);
  const toggle = (stage: Stage) =>
    narrow({ stage: chosen.includes(stage) ? chosen.filter((s) => s !== stage) : [...chosen, stage] });
  const narrowed = Boolean(chosen.length || filter.seller || filter.obligor || filter.programme || filter.currency);
  return (
    <div className={lists.screen}>
      <Group className={lists.head} justify="space-between">
        <Title order={1}>{t(`pipeline.title.${title as "pipeline"}`)}</Title>
        <Group gap={8}>
          <Sums totals={totals.filter((x) => summed.includes(x.stage))} out={title === "portfolio"} />
          {title === "portfolio" && (
            <Button component={Link} to="/calendar" size="xs" variant="default" leftSection={<IconCalendar size={14} aria-hidden />}>
              {t("nav.calendar")}
            </Button>
          )}
          <ExportMenu list="financings" query={asked} />
          <ListMenu columns={columns} hidden={hidden} onToggle={onToggle} sorting={sorting} />
        </Group>
      </Group>
      {title === "portfolio" && <PortfolioTabs />}
      <div className={`${lists.bar} ${classes.stages}`} role="group" aria-label={t("pipeline.stages")}>
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
      </div>
      <Filters filter={filter} onChange={narrow} narrowed={narrowed} />
      {items.length === 0 && (
        <Empty
          title={t(narrowed ? "pipeline.none.title" : `pipeline.empty.${empty as "pipeline"}.title`)}
          text={t(narrowed ? "pipeline.none.text" : `pipeline.empty.${empty as "pipeline"}.text`)}
        />
      )}
      <List
        label={t(`pipeline.title.${title as "pipeline"}`)}
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

/** What a list says of a financing: what was lent shows what is out, the others what would be paid out. */
function useFinancingColumns(out: boolean): Column<Financing>[] {
  const { t } = useTranslation();
  const nameOf = useNames();
  const named = (c: string) => t(`pipeline.column.${c as "number"}`);
  return [
    {
      id: "number",
      title: named("number"),
      width: 110,
      grow: 2,
      phone: { line: 1 },
      cell: (f) => (
        <Link to="/review/$id" params={{ id: f.id }} data-open>
          {f.number || f.title || t("pipeline.unnamed")}
        </Link>
      ),
    },
    { id: "seller", title: named("seller"), width: 130, grow: 1.2, phone: { line: 2 }, cell: (f) => nameOf(f.seller) },
    { id: "obligor", title: named("obligor"), width: 130, grow: 1.2, cell: (f) => nameOf(f.obligor) },
    {
      id: "stage",
      title: named("stage"),
      width: 172,
      phone: { line: 3, wide: true },
      cell: (f) => f.stage && <StageBadge stage={f.stage} />,
    },
    {
      id: "amount",
      title: named("amount"),
      width: 128,
      right: true,
      sort: "amount",
      phone: { line: 1, end: true },
      cell: (f) => f.amount && <Money value={f.amount} />,
    },
    {
      id: out ? "outstanding" : "asked",
      title: named(out ? "outstanding" : "asked"),
      width: 128,
      right: true,
      cell: (f) => {
        const second = out ? f.outstanding : f.terms?.cash;
        return second && <Money value={second} />;
      },
    },
    { id: "due", title: named("due"), width: 92, sort: "due", phone: { line: 2, end: true }, cell: (f) => f.due_date },
    { id: "requested", title: named("requested"), width: 130, sort: "requested", hidden: true, cell: (f) => <When at={f.requested_at} /> },
    { id: "moved", title: named("moved"), width: 130, sort: "moved", cell: (f) => <When at={f.at ?? f.requested_at} /> },
  ];
}

type Total = { stage: Stage; count: number; amount: Financing["amount"]; outstanding: Financing["amount"] };

/** What the list comes to in each currency: never added up over them. */
function Sums({ totals, out }: { totals: Total[]; out: boolean }) {
  const { t } = useTranslation();
  const sums = sumsOf(totals.flatMap((x) => (out ? x.outstanding : x.amount) ?? []));
  if (sums.length === 0) return null;
  return (
    <dl className={classes.sums}>
      <dt>{t(out ? "pipeline.outstanding" : "pipeline.asked")}</dt>
      {sums.map((sum) => (
        <dd key={sum.currency}>
          <Money value={sum} />
        </dd>
      ))}
    </dl>
  );
}

function Filters({ filter, onChange, narrowed }: { filter: Filter; onChange: (f: Filter) => void; narrowed: boolean }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data } = useSuspenseQuery(organisations);
  const of = (kinds: string[]) => [
    { value: "", label: t("pipeline.all") },
    ...data.items.filter((o) => kinds.includes(o.kind)).map((o) => ({ value: o.id, label: nameOf(o.id) })),
  ];
  return (
    <div className={lists.bar}>
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
    </div>
  );
}
