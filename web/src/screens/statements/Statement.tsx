import { Anchor, Button, Group, Text, Title } from "@mantine/core";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { Digest } from "../../signing/Digest";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { count, instant, instantLong } from "../../ui/format";
import { List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { AsideSheet } from "./AsideSheet";
import { Chooser } from "./Chooser";
import { Outcomes } from "./Outcomes";
import { counted, fit, type Line, lines as linesOf, lineStates, maySettle, statement, type Statement } from "./queries";
import { period, useStatementName } from "./Statements";
import classes from "./Statements.module.css";
import { useLineColumns } from "./useLineColumns";
import { type Payment, type Settled, useSettle, wasCancelled } from "./useSettle";

/** One bank statement: what was read, and each line with what it pays and what can be done. */
export function StatementScreen() {
  const { t, i18n } = useTranslation();
  const { id } = useParams({ from: "/inside/statements/$id" });
  const { state } = useSearch({ from: "/inside/statements/$id" });
  const { data: actor } = useSuspenseQuery(me);
  const { data: s } = useSuspenseQuery(statement(id));
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(
    linesOf(id, state, i18n.language),
  );
  const nameOf = useStatementName();
  const items = data.pages.flatMap((p) => p.items);
  const [choosing, setChoosing] = useState<Line>();
  const [aside, setAside] = useState<Line>();
  const [outcomes, setOutcomes] = useState<Settled[]>();
  const [trouble, setTrouble] = useState<unknown>(null);
  const { settle, proposes } = useSettle(s);
  const may = maySettle(actor);
  const exact = items.flatMap((l): Payment[] => (l.state === "waiting" && l.match && fit(l) === "full" ? [{ line: l, match: l.match }] : []));

  const go = async (list: Payment[]) => {
    setTrouble(null);
    setOutcomes(undefined);
    try {
      const done = await settle.mutateAsync(list);
      if (list.length > 1 || done.some((o) => o.problem)) setOutcomes(done);
    } catch (caught) {
      if (!wasCancelled(caught)) setTrouble(caught);
    }
  };
  const columns = useLineColumns({
    may,
    proposes,
    busy: settle.isPending,
    onRecord: (line) => line.match && void go([{ line, match: line.match }]),
    onChoose: setChoosing,
    onSetAside: setAside,
    onTrouble: setTrouble,
  });
  return (
    <div className={lists.screen}>
      <div className={lists.head}>
        <Anchor component={Link} to="/statements" size="sm">
          {t("statements.back")}
        </Anchor>
        <Title order={1} mt={4} translate="no" style={{ overflowWrap: "anywhere" }}>
          {nameOf(s)}
        </Title>
        <Group gap="md" mt={4}>
          <Text size="sm" c="dimmed" title={instantLong(s.imported_at)}>
            {t("statements.brought", { at: instant(s.imported_at), name: s.imported_by_name })} · {s.syntax}
          </Text>
          <Digest value={s.digest} />
        </Group>
      </div>
      <Accounts of={s} />
      {s.known > 0 && <p className={classes.told}>{t("statements.known", { count: s.known, shown: count(s.known) })}</p>}
      {proposes && may && <p className={classes.told}>{t("statements.own")}</p>}
      {!may && <p className={classes.told}>{t("statements.viewer")}</p>}
      <States of={s} state={state} />
      {trouble !== null && <ProblemNote error={trouble} />}
      {outcomes && <Outcomes list={outcomes} onClose={() => setOutcomes(undefined)} />}
      {items.length === 0 && <Empty title={t("statements.none.title")} text={t("statements.none.text")} />}
      <List
        tall
        label={t("statements.lines")}
        columns={columns}
        asked={state ?? ""}
        total={items.length}
        row={(index) => items[index]}
        idOf={(l) => l.id}
        more={{ there: hasNextPage, busy: isFetchingNextPage, onMore: () => void fetchNextPage() }}
        error={error}
        onRetry={() => void refetch()}
      />
      {may && exact.length > 1 && (
        <section className={lists.foot} aria-label={t("statements.exact", { count: exact.length })}>
          <Text size="sm">{t("statements.exact", { count: exact.length })}</Text>
          <span className={lists.grow} />
          <Button loading={settle.isPending} onClick={() => void go(exact)}>
            {t(proposes ? "statements.act.proposeAll" : "statements.act.recordAll", { count: exact.length })}
          </Button>
        </section>
      )}
      {choosing && (
        <Chooser
          line={choosing}
          onClose={() => setChoosing(undefined)}
          onChosen={(match) => {
            const line = choosing;
            setChoosing(undefined);
            void go([{ line, match }]);
          }}
        />
      )}
      {aside && <AsideSheet line={aside} onClose={() => setAside(undefined)} />}
    </div>
  );
}

/** What the bank says of each account: period, balances, and whether the lines lead from one to the other. */
function Accounts({ of: s }: { of: Statement }) {
  const { t } = useTranslation();
  return (
    <>
      {s.accounts.map((a) => (
        <dl key={`${a.account} ${a.credits.currency}`} className={classes.facts} data-testid="account">
          <div>
            <dt>{t("statements.fact.account")}</dt>
            <dd translate="no">{a.account}</dd>
          </div>
          <div>
            <dt>{t("statements.fact.period")}</dt>
            <dd>{period(a.from, a.to)}</dd>
          </div>
          <div>
            <dt>{t("statements.fact.opening")}</dt>
            <dd>{a.opening ? <Money value={a.opening} /> : t("statements.fact.unstated")}</dd>
          </div>
          <div>
            <dt>{t("statements.fact.credits")}</dt>
            <dd>
              <Money value={a.credits} />
            </dd>
          </div>
          <div>
            <dt>{t("statements.fact.debits")}</dt>
            <dd>
              <Money value={a.debits} />
            </dd>
          </div>
          <div>
            <dt>{t("statements.fact.closing")}</dt>
            <dd>
              {a.closing ? <Money value={a.closing} /> : t("statements.fact.unstated")}{" "}
              {a.balanced === true && <Badge tone="good">{t("statements.balanced")}</Badge>}
              {a.balanced === false && <Badge tone="bad">{t("statements.unbalanced")}</Badge>}
            </dd>
          </div>
          <div>
            <dt>{t("statements.fact.lines")}</dt>
            <dd>{count(a.lines)}</dd>
          </div>
        </dl>
      ))}
    </>
  );
}

/** The states that lines are in, with how many; one of them narrows the list. */
function States({ of: s, state }: { of: Statement; state: Line["state"] | undefined }) {
  const { t } = useTranslation();
  const all = s.counts.reduce((n, c) => n + c.lines, 0);
  return (
    <nav className={classes.tabs} aria-label={t("statements.filter")}>
      <Link
        to="/statements/$id"
        params={{ id: s.id }}
        search={{}}
        className={classes.tab}
        activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
      >
        {t("statements.all")} <span className={classes.number}>{count(all)}</span>
      </Link>
      {lineStates
        .filter((name) => counted(s, name) > 0 || name === state)
        .map((name) => (
          <Link key={name} to="/statements/$id" params={{ id: s.id }} search={{ state: name }} className={classes.tab}>
            {t(`statements.state.${name}`)} <span className={classes.number}>{count(counted(s, name))}</span>
          </Link>
        ))}
    </nav>
  );
}
