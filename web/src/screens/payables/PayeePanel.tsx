import { Button, Group, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { me } from "../../api/queries";
import { Badge } from "../../ui/Badge";
import { instant } from "../../ui/format";
import { ProblemNote } from "../../ui/ProblemNote";
import { ReasonSheet, Sheet } from "../../ui/Sheet";
import classes from "./Payables.module.css";
import { newKey, type Payable } from "./queries";
import { useAct } from "./useAct";
import { useNames } from "./useConfirm";

type Form = "ask" | "confirm" | "refuse";
type Change = Schemas["PayeeChange"];

/** Whether the seller may ask to be paid to another account: a claim that is confirmed and its own. */
const changeable = (p: Payable) => ["OPEN", "MATURED", "OVERDUE"].includes(p.phase) && p.owner === p.seller;

/** A change of the account that discharges the debt: asked, confirmed, cooling off; or the way to one. */
export function PayeePanel({ payable: p }: { payable: Payable }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const [form, setForm] = useState<Form | null>(null);
  const acts = actor.roles.some((r) => ["maker", "checker"].includes(r));
  const seller = p.seller === actor.organisation;
  const obligor = p.obligor === actor.organisation;
  const change = p.payee_change;
  const pending = (p.pending ?? []).some((i) => i.act.endsWith("_payee"));
  if (!change && !(changeable(p) && seller && acts && !pending)) return null;
  return (
    <section className={classes.part}>
      <Title order={2}>{t("payables.payee.title")}</Title>
      {change ? <Standing change={change} old={p.pay_to} /> : <Text size="sm">{t("payables.payee.askText")}</Text>}
      {acts && !pending && (
        <Group gap="xs" mt={8}>
          {!change && (
            <Button variant="default" onClick={() => setForm("ask")}>
              {t("payables.payee.ask")}
            </Button>
          )}
          {change && !change.confirmed_at && obligor && <Button onClick={() => setForm("confirm")}>{t("payables.payee.confirm")}</Button>}
          {change && (seller || obligor) && (
            <Button variant="default" onClick={() => setForm("refuse")}>
              {t(seller ? "payables.payee.withdraw" : "payables.payee.refuse")}
            </Button>
          )}
          {change && cooled(change) && (seller || obligor) && <Effect payable={p} />}
        </Group>
      )}
      {form === "ask" && <AskForm payable={p} onClose={() => setForm(null)} />}
      {form === "confirm" && change && <ConfirmForm payable={p} change={change} onClose={() => setForm(null)} />}
      {form === "refuse" && <RefuseForm payable={p} onClose={() => setForm(null)} />}
    </section>
  );
}

const cooled = (c: Change) => Boolean(c.held_until) && Date.parse(c.held_until ?? "") <= Date.now();

function Standing({ change: c, old }: { change: Change; old: string }) {
  const { t } = useTranslation();
  return (
    <>
      <dl className={classes.facts}>
        <div>
          <dt>{t("payables.payee.new")}</dt>
          <dd>{c.account}</dd>
        </div>
        <div>
          <dt>{t("payables.payee.old")}</dt>
          <dd>{old}</dd>
        </div>
      </dl>
      <Text size="sm">
        {t("payables.payee.asked", { when: instant(c.asked_at) })} <span translate="no">{c.reason}</span>
      </Text>
      {c.confirmed_at && (
        <Text size="sm">
          {t("payables.payee.confirmed", { when: instant(c.confirmed_at) })} <span translate="no">{c.call_back}</span>
        </Text>
      )}
      <Group gap="sm" mt={4}>
        {!c.held_until && <Badge tone="asked">{t("payables.payee.waits")}</Badge>}
        {c.held_until && !cooled(c) && <Badge tone="attention">{t("payables.payee.heldUntil", { until: instant(c.held_until) })}</Badge>}
        {cooled(c) && <Badge tone="good">{t("payables.payee.cooled")}</Badge>}
        <Text size="sm" c="dimmed">
          {t("payables.payee.heldText")}
        </Text>
      </Group>
    </>
  );
}

type Props = { payable: Payable; onClose: () => void };

function AskForm({ payable: p, onClose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const act = useAct();
  const [account, setAccount] = useState("");
  const [reason, setReason] = useState("");
  const [faults, setFaults] = useState<{ account?: string; reason?: string }>({});
  const send = async () => {
    const found = {
      ...(account.trim() ? {} : { account: t("payables.payee.accountMissing") }),
      ...(reason.trim() ? {} : { reason: t("payables.payee.reasonMissing") }),
    };
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    try {
      await act.mutateAsync({
        title: t("payables.act.ask_payee", { number: p.number }),
        amount: p.due,
        counterparty: nameOf(p.obligor),
        consequence: t("payables.consequence.pending.ask_payee", { account: account.trim() }),
        prepare: () =>
          taken(
            api.POST("/v1/receivables/{receivable}/payee-change", {
              params: { path: { receivable: p.id }, header: newKey() },
              body: { account: account.trim(), reason: reason.trim() },
            }),
          ),
      });
      onClose();
    } catch {
      // It is shown below.
    }
  };
  return (
    <Sheet title={t("payables.payee.ask")} onClose={onClose} onSend={send} busy={act.isPending} send={t("payables.payee.send")}>
      <Text size="sm">{t("payables.payee.askText")}</Text>
      <TextInput
        data-autofocus
        label={t("payables.payee.account")}
        description={t("payables.payee.accountText")}
        maxLength={64}
        value={account}
        error={faults.account}
        onChange={(e) => setAccount(e.currentTarget.value)}
      />
      <Textarea
        label={t("payables.payee.reason")}
        maxLength={200}
        rows={2}
        value={reason}
        error={faults.reason}
        onChange={(e) => setReason(e.currentTarget.value)}
      />
      {act.isError && <ProblemNote error={act.error} />}
    </Sheet>
  );
}

function ConfirmForm({ payable: p, change, onClose }: Props & { change: Change }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const act = useAct();
  return (
    <ReasonSheet
      title={t("payables.payee.confirm")}
      label={t("payables.payee.callBack")}
      missing={t("payables.payee.callBackMissing")}
      send={t("payables.payee.confirmSend")}
      onClose={onClose}
      onSend={(note) =>
        act.mutateAsync({
          title: t("payables.act.confirm_payee", { number: p.number }),
          amount: p.due,
          counterparty: nameOf(p.seller),
          consequence: t("payables.consequence.pending.confirm_payee", { account: change.account }),
          prepare: () =>
            taken(
              api.POST("/v1/receivables/{receivable}/payee-change/confirmation", {
                params: { path: { receivable: p.id }, header: newKey() },
                body: { account: change.account, call_back: note },
              }),
            ),
        })
      }
    >
      <dl className={classes.facts}>
        <div>
          <dt>{t("payables.payee.new")}</dt>
          <dd>{change.account}</dd>
        </div>
      </dl>
      <Text size="sm">{t("payables.payee.confirmText")}</Text>
    </ReasonSheet>
  );
}

function RefuseForm({ payable: p, onClose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: actor } = useSuspenseQuery(me);
  const act = useAct();
  return (
    <ReasonSheet
      title={t("payables.payee.refuseTitle")}
      label={t("payables.payee.reason")}
      missing={t("payables.payee.refuseMissing")}
      send={t("payables.payee.refuseSend")}
      onClose={onClose}
      onSend={(reason) =>
        act.mutateAsync({
          title: t("payables.act.refuse_payee", { number: p.number }),
          amount: p.due,
          counterparty: nameOf(p.seller === actor.organisation ? p.obligor : p.seller),
          consequence: t("payables.consequence.pending.refuse_payee"),
          prepare: () =>
            taken(
              api.POST("/v1/receivables/{receivable}/payee-change/refusal", {
                params: { path: { receivable: p.id }, header: newKey() },
                body: { reason },
              }),
            ),
        })
      }
    >
      <Text size="sm">{t("payables.consequence.pending.refuse_payee")}</Text>
    </ReasonSheet>
  );
}

/** Says that the change has cooled off. Nobody signs that: it follows from what was signed. */
function Effect({ payable: p }: { payable: Payable }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const go = useMutation({
    mutationFn: () =>
      taken(
        api.POST("/v1/receivables/{receivable}/payee-change/effect", {
          params: { path: { receivable: p.id }, header: newKey() },
          body: {},
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["receivables"] }),
  });
  return (
    <>
      <Button loading={go.isPending} onClick={() => go.mutate()}>
        {t("payables.payee.effect")}
      </Button>
      {go.isError && <ProblemNote error={go.error} />}
    </>
  );
}
