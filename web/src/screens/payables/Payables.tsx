import { Button, Group, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { me } from "../../api/queries";
import { Day } from "../../ui/Day";
import { Empty } from "../../ui/Empty";
import { ExportMenu } from "../../ui/ExportMenu";
import { count } from "../../ui/format";
import { useColumns } from "../../ui/layout";
import { type Choice, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { ListMenu } from "../../ui/ListMenu";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { totals } from "../../ui/sum";
import { BulkBar } from "./BulkBar";
import { DisputeSheet } from "./DisputeSheet";
import { ListUpload } from "./ListUpload";
import { Outcomes } from "./Outcomes";
import classes from "./Payables.module.css";
import { asked, canSign, confirming, type Filter, filterFor, filterOf, type Payable, payables, receivableSums, type Tab, tabs } from "./queries";
import { usePayableColumns } from "./Table";
import { type Outcome, useConfirm, useNames, wasCancelled } from "./useConfirm";

type Sum = Schemas["PhaseSum"];

const mayAct = (actor: Schemas["Actor"]) => actor.roles.some((r) => ["maker", "checker", "approver"].includes(r));

/** Whether a person can do something for a payable's confirmation: prepare it, or sign what waits. */
function selectable(p: Payable, actor: Schemas["Actor"]): boolean {
  const waits = confirming(p);
  if (p.phase !== "ISSUED" || p.obligor !== actor.organisation) return false;
  return waits ? canSign(waits, actor) : mayAct(actor);
}

const inTab = (tab: Tab, s: Sum) => tabs[tab].includes(s.phase) && (tab !== "disputed" || s.disputed);

export function Payables() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const search = useSearch({ from: "/inside/payables" });
  const navigate = useNavigate({ from: "/payables" });
  const filter = filterFor(search, actor);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(payables(filter));
  const { data: sums } = useSuspenseQuery(receivableSums(filter));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const [disputing, setDisputing] = useState<Payable | null>(null);
  const confirm = useConfirm();

  const rows = data.pages.flatMap((p) => p.items);
  const pays = filter.side === "obligor";
  const confirms = filter.tab === "confirm" && pays;
  const disputes = filter.tab === "confirmed" && pays && actor.roles.some((r) => r === "maker" || r === "checker");
  const open = rows.filter((p) => selectable(p, actor));
  const picked = open.filter((p) => chosen.has(p.id));
  const all = () => setChosen(new Set(open.map((p) => p.id)));
  const columns = usePayableColumns(filter.tab, pays, disputes ? setDisputing : undefined);
  const { shown, hidden, onToggle } = useColumns("payables", columns);

  const go = async (list: Payable[], promise: Schemas["Promise"]) => {
    try {
      setOutcomes(await confirm.mutateAsync({ list, promise }));
      setChosen(new Set());
    } catch {
      // What failed is shown below; who closed the dialog has signed nothing.
    }
  };
  const change = (to: Partial<Filter>) => void navigate({ search: (old) => ({ ...old, ...to }) });
  const sorting = { by: filter.sort ?? "due", onSort: (sort: string) => change(filterOf({ sort })) };
  const choice: Choice<Payable> = {
    chosen: new Set(picked.map((p) => p.id)),
    open: (p) => selectable(p, actor),
    onToggle: (p) => setChosen(new Set(chosen.has(p.id) ? [...chosen].filter((id) => id !== p.id) : [...chosen, p.id])),
    onAll: (on) => (on ? all() : setChosen(new Set())),
    of: { all: open.length, picked: picked.length },
    labels: {
      all: t("payables.chooseAll", { count: open.length }),
      row: (p) => t("payables.choose", { number: p.number }),
      closed: t("payables.chooseClosed"),
    },
  };

  return (
    <div className={lists.screen}>
      <Group className={lists.head} justify="space-between">
        <Title order={1}>{t(pays ? "payables.title" : "payables.titleReceivables")}</Title>
        <Group gap={8}>
          <ExportMenu list="receivables" query={asked(filter)} />
          <ListMenu columns={columns} hidden={hidden} onToggle={onToggle} sorting={sorting} />
          {pays && mayAct(actor) && <ListUpload />}
        </Group>
      </Group>
      <Tabs filter={filter} sums={sums} pays={pays} />
      <Filters filter={filter} onChange={change} />
      <Totals rows={sums.filter((s) => inTab(filter.tab, s))} tab={filter.tab} />
      {confirm.isError && !wasCancelled(confirm.error) && <ProblemNote error={confirm.error} />}
      {outcomes && <Outcomes list={outcomes} onClose={() => setOutcomes(null)} />}
      {rows.length === 0 && (
        <Nothing filter={filter} pays={pays} onClear={() => void navigate({ search: { tab: filter.tab, side: filter.side } })} />
      )}
      <List
        label={t(pays ? "payables.title" : "payables.titleReceivables")}
        columns={shown}
        asked={JSON.stringify(filter)}
        total={rows.length}
        row={(index) => rows[index]}
        idOf={(p) => p.id}
        sorting={sorting}
        {...(confirms ? { choice } : {})}
        more={{ there: hasNextPage, busy: isFetchingNextPage, onMore: () => void fetchNextPage() }}
        error={error}
        onRetry={() => void refetch()}
      />
      {disputing && <DisputeSheet payable={disputing} onClose={() => setDisputing(null)} />}
      {confirms && rows.length > 0 && (
        <BulkBar
          picked={picked}
          all={open.length}
          onAll={all}
          busy={confirm.isPending}
          onConfirm={(promise) => void go(picked, promise)}
          onClear={() => setChosen(new Set())}
        />
      )}
    </div>
  );
}

function Tabs({ filter, sums, pays }: { filter: Filter; sums: Sum[]; pays: boolean }) {
  const { t } = useTranslation();
  return (
    <nav className={classes.tabs} aria-label={t("payables.tabs")}>
      {(Object.keys(tabs) as Tab[]).map((tab) => {
        const { tab: _, ...rest } = filter;
        const n = sums.filter((s) => inTab(tab, s)).reduce((all, s) => all + s.count, 0);
        return (
          <Link
            key={tab}
            to="/payables"
            search={{ ...rest, tab }}
            className={classes.tab}
            aria-current={tab === filter.tab ? "page" : undefined}
          >
            {t(`payables.tab.${pays ? "" : "their."}${tab}`)} <span className={classes.number}>{count(n)}</span>
          </Link>
        );
      })}
    </nav>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (to: Partial<Filter>) => void }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [text, setText] = useState(filter.search ?? "");
  const chips: { key: keyof Filter; label: string }[] = [];
  if (filter.counterparty) chips.push({ key: "counterparty", label: nameOf(filter.counterparty) });
  if (filter.currency) chips.push({ key: "currency", label: filter.currency });
  if (filter.from) chips.push({ key: "from", label: t("payables.dueFrom", { day: filter.from }) });
  if (filter.until) chips.push({ key: "until", label: t("payables.dueUntil", { day: filter.until }) });
  return (
    <form
      className={lists.bar}
      role="search"
      onSubmit={(e) => {
        e.preventDefault();
        onChange({ search: text.trim() || undefined });
      }}
    >
      <TextInput
        size="xs"
        aria-label={t("payables.find")}
        placeholder={t("payables.find")}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        maxLength={64}
        onChange={(e) => setText(e.currentTarget.value)}
      />
      <span className={classes.span}>
        <Day label={t("payables.from")} value={filter.from} onChange={(from) => onChange({ from })} />
        <Day label={t("payables.until")} value={filter.until} onChange={(until) => onChange({ until })} />
      </span>
      {chips.map(({ key, label }) => (
        <Button
          key={key}
          size="compact-sm"
          variant="light"
          onClick={() => onChange({ [key]: undefined })}
          aria-label={t("payables.drop", { filter: label })}
        >
          {label} ×
        </Button>
      ))}
    </form>
  );
}

/** What the tab comes to in each currency; currencies are never added up. */
function Totals({ rows, tab }: { rows: Sum[]; tab: Tab }) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  const of = (s: Sum) => {
    if (tab === "disputed") return s.in_dispute;
    return tab === "confirmed" ? s.due : s.face;
  };
  return (
    <p className={classes.totals}>
      <Text span size="sm" c="dimmed">
        {t(`payables.sum.${tab}`)}
      </Text>
      {totals(rows.map(of)).map((sum) => (
        <Money key={sum.currency} value={sum} />
      ))}
    </p>
  );
}

function Nothing({ filter, pays, onClear }: { filter: Filter; pays: boolean; onClear: () => void }) {
  const { t } = useTranslation();
  const narrowed = Boolean(filter.search || filter.counterparty || filter.currency || filter.from || filter.until);
  return (
    <Empty
      title={t(narrowed ? "payables.empty.narrowed" : `payables.empty.${pays ? "" : "their."}${filter.tab}.title`)}
      {...(narrowed ? {} : { text: t(`payables.empty.${pays ? "" : "their."}${filter.tab}.text`) })}
    >
      {narrowed && (
        <Button variant="default" mt="sm" onClick={onClear}>
          {t("payables.empty.clear")}
        </Button>
      )}
    </Empty>
  );
}
