import { Anchor, Button, Group, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { me } from "../../api/queries";
import { Badge, type Tone } from "../../ui/Badge";
import { amount, instant, instantLong } from "../../ui/format";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { Digest } from "../../signing/Digest";
import { totals } from "../../ui/sum";
import { Outcomes } from "./Outcomes";
import classes from "./Payables.module.css";
import { argsOf, canSign, confirming, payableList } from "./queries";
import { type Outcome, useConfirm, wasCancelled } from "./useConfirm";

type Row = Schemas["PayableRow"];

const tones: Record<Row["result"], Tone> = {
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
    <div className={classes.all}>
      <div className={classes.head}>
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
      <div className={classes.scroller}>
        <table className={classes.table} data-testid="rows">
          <thead>
            <tr>
              <th scope="col">{t("payables.list.row")}</th>
              <th scope="col">{t("payables.column.number")}</th>
              <th scope="col">{t("payables.column.supplier")}</th>
              <th scope="col">{t("payables.column.due")}</th>
              <th scope="col" className={classes.right}>
                {t("payables.column.amount")}
              </th>
              <th scope="col">{t("payables.list.result")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <Line key={r.row} row={r} />
            ))}
          </tbody>
        </table>
      </div>
      <section className={classes.bulk} aria-label={t("payables.bulk")}>
        <Text size="sm">{t("payables.list.ready", { count: ready.length })}</Text>
        {totals(ready.flatMap((r) => (r.amount ? [r.amount] : []))).map((sum) => (
          <Money key={sum.currency} value={sum} />
        ))}
        {left > 0 && (
          <Text size="sm" c="dimmed">
            {t("payables.list.left", { count: left })}
          </Text>
        )}
        <span className={classes.grow} />
        <Button disabled={ready.length === 0} loading={confirm.isPending} onClick={() => void go()}>
          {t("payables.act.confirm", { count: ready.length })}
        </Button>
      </section>
    </div>
  );
}

function Line({ row: r }: { row: Row }) {
  const { t, i18n } = useTranslation();
  const differs = (field: string) => r.differences?.some((d) => d.field === field);
  const mark = (field: string) => (differs(field) ? classes.differs : undefined);
  return (
    <tr>
      <td className={classes.date}>{r.row}</td>
      <th scope="row">
        {r.receivable ? (
          <Link to="/payables/$id" params={{ id: r.receivable }} className={classes.link}>
            {r.number}
          </Link>
        ) : (
          r.number || t("common.none")
        )}
      </th>
      <td className={classes.party}>
        <span className={mark("supplier")}>{r.supplier}</span>
      </td>
      <td className={classes.date}>
        <span className={mark("due_date")}>{r.due_date}</span>
      </td>
      <td className={classes.right}>
        <span className={mark("amount")}>{r.amount && <Money value={r.amount} />}</span>
      </td>
      <td>
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
      </td>
    </tr>
  );
}

/** "1480.00 CNY" with its digits in groups. */
function grouped(text: string): string {
  const [number = "", currency = ""] = text.split(" ");
  return `${amount(number, currency)} ${currency}`;
}
