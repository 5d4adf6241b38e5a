import { Anchor, Button, Group, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { me } from "../../api/queries";
import { Badge, type Tone } from "../../ui/Badge";
import { amount, instant, instantLong } from "../../ui/format";
import { type Column, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { Digest } from "../../signing/Digest";
import { totals } from "../../ui/sum";
import { Outcomes } from "./Outcomes";
import classes from "./Payables.module.css";
import { argsOf, canSign, confirming, payableList } from "./queries";
import { type Outcome, useConfirm, wasCancelled } from "./useConfirm";

type Row = Schemas["PayableRow"];

export const tones: Record<Row["result"], Tone> = {
  matches: "good",
  prepared: "asked",
  confirmed: "quiet",
  closed: "bad",
  differs: "bad",
  unknown: "unknown",
  repeated: "attention",
  unreadable: "bad",
};

/** A list from the books, row by row, held against the claims; and the one decision over it. */
export function PayableListScreen() {
  const { t, i18n } = useTranslation();
  const { id } = useParams({ from: "/inside/payables/lists/$id" });
  const { data: actor } = useSuspenseQuery(me);
  const { data: list } = useSuspenseQuery(payableList(id, i18n.language));
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const confirm = useConfirm();
  const columns = useRowColumns();
  const rows = list.rows ?? [];
  const may = actor.roles.some((r) => ["maker", "checker", "approver"].includes(r));
  const ready = rows.filter((r) => {
    const waits = confirming(r);
    if (r.result === "matches") return may;
    return r.result === "prepared" && waits !== undefined && canSign(waits, actor) && argsOf(waits).source === list.digest;
  });
  const left = rows.length - ready.length;

  const go = async () => {
    try {
      setTrouble(null);
      const payables = await Promise.all(
        ready.map((r) =>
          taken(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: r.receivable ?? "" } } })),
        ),
      );
      setOutcomes(await confirm.mutateAsync({ list: payables, promise: "acknowledgement", from: list.id }));
    } catch (error) {
      if (!wasCancelled(error)) setTrouble(error);
    }
  };

  return (
    <div className={lists.screen}>
      <div className={lists.head}>
        <Anchor component={Link} to="/payables" size="sm">
          {t("payables.back")}
        </Anchor>
        <Title order={1} mt={4}>
          {t("payables.list.heading", { name: list.file_name })}
        </Title>
        <Group gap="md" mt={4}>
          <Text size="sm" c="dimmed" title={instantLong(list.imported_at)}>
            {instant(list.imported_at)} · {t("payables.list.rows", { count: rows.length })}
          </Text>
          <Digest value={list.digest} />
        </Group>
        <Text size="sm" mt={8} maw={760}>
          {t("payables.list.rule")}
        </Text>
        {list.ignored && list.ignored.length > 0 && (
          <Text size="sm" c="dimmed">
            {t("payables.list.ignored", { columns: list.ignored.join(t("payables.and")) })}
          </Text>
        )}
        {(list.unlisted ?? 0) > 0 && (
          <Text size="sm">
            <Link to="/payables" search={{ tab: "confirm" }} className={classes.plainLink}>
              {t("payables.list.unlisted", { count: list.unlisted ?? 0 })}
            </Link>
          </Text>
        )}
      </div>
      {trouble !== null && <ProblemNote error={trouble} />}
      {outcomes && <Outcomes list={outcomes} onClose={() => setOutcomes(null)} />}
      <List tall label={list.file_name} columns={columns} total={rows.length} row={(at) => rows[at]} idOf={(r) => String(r.row)} />
      <section className={lists.foot} aria-label={t("payables.bulk")}>
        <Text size="sm">{t("payables.list.ready", { count: ready.length })}</Text>
        {totals(ready.flatMap((r) => (r.amount ? [r.amount] : []))).map((sum) => (
          <Money key={sum.currency} value={sum} />
        ))}
        {left > 0 && (
          <Text size="sm" c="dimmed">
            {t("payables.list.left", { count: left })}
          </Text>
        )}
        <span className={lists.grow} />
        <Button disabled={ready.length === 0} loading={confirm.isPending} onClick={() => void go()}>
          {t("payables.act.confirm", { count: ready.length })}
        </Button>
      </section>
    </div>
  );
}

/** What a row of the books says, and how it is with the claim that it means. */
function useRowColumns(): Column<Row>[] {
  const { t } = useTranslation();
  const mark = (r: Row, field: string) => (r.differences?.some((d) => d.field === field) ? classes.differs : undefined);
  return [
    { id: "row", title: t("payables.list.row"), width: 40, cell: (r) => r.row },
    {
      id: "number",
      title: t("payables.column.number"),
      width: 140,
      grow: 1,
      phone: { line: 1 },
      cell: (r) =>
        r.receivable ? (
          <Link to="/payables/$id" params={{ id: r.receivable }} data-open>
            {r.number}
          </Link>
        ) : (
          r.number || t("common.none")
        ),
    },
    {
      id: "supplier",
      title: t("payables.column.supplier"),
      width: 150,
      grow: 1,
      phone: { line: 2 },
      cell: (r) => <span className={mark(r, "supplier")}>{r.supplier}</span>,
    },
    {
      id: "due",
      title: t("payables.column.due"),
      width: 92,
      phone: { line: 2, end: true },
      cell: (r) => <span className={mark(r, "due_date")}>{r.due_date}</span>,
    },
    {
      id: "amount",
      title: t("payables.column.amount"),
      width: 160,
      right: true,
      phone: { line: 1, end: true },
      cell: (r) => <span className={mark(r, "amount")}>{r.amount && <Money value={r.amount} />}</span>,
    },
    { id: "result", title: t("payables.list.result"), width: 260, grow: 2, phone: { line: 3, wide: true }, cell: (r) => <Found row={r} /> },
  ];
}

/** What was found of a row: how it differs, what is wrong with it, what to do. */
function Found({ row: r }: { row: Row }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <Badge tone={tones[r.result]}>{t(`payables.result.row.${r.result}`)}</Badge>{" "}
      {r.differences?.map((d) => (
        <Text span size="sm" key={d.field}>
          {t(`payables.list.differs.${d.field}`, { claimed: d.field === "amount" ? grouped(d.claimed) : d.claimed })}{" "}
        </Text>
      ))}
      {r.faults?.map((f) => (
        <Text size="sm" key={f.path ?? f.code}>
          {i18n.language === "en" ? f.message : f.action}
        </Text>
      ))}
      {["unknown", "closed", "repeated"].includes(r.result) && (
        <Text span size="sm" c="dimmed">
          {t(`payables.list.next.${r.result}`)}
        </Text>
      )}
    </>
  );
}

/** "1480.00 CNY" with its digits in groups. */
function grouped(text: string): string {
  const [number = "", currency = ""] = text.split(" ");
  return `${amount(number, currency)} ${currency}`;
}
