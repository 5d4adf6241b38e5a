import { Anchor, Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { me, pack as packQuery } from "../../api/queries";
import { Digest } from "../../signing/Digest";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { isZero } from "../../ui/sum";
import { When } from "../../ui/When";
import { disputable, disputedOf } from "./amounts";
import { DisputeSheet } from "./DisputeSheet";
import { RejectSheet, ResolveSheet } from "./EndSheet";
import { Outcomes } from "./Outcomes";
import { Thread } from "../messages/Thread";
import { PayeePanel } from "./PayeePanel";
import classes from "./Payables.module.css";
import { inDispute, Standing } from "./PhaseBadge";
import { argsOf, canSign, confirming, type Intent, newKey, type Payable, payable } from "./queries";
import { useAct } from "./useAct";
import { type Outcome, useConfirm, useNames, wasCancelled } from "./useConfirm";

type Sheet = "dispute" | "reject" | "resolve";

const living = (p: Payable) => ["OPEN", "MATURED", "OVERDUE"].includes(p.phase);

/** One payable: what it is, what waits, what may be done, and every step with its proof. */
export function PayableScreen() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/inside/payables/$id" });
  const { data: p } = useSuspenseQuery(payable(id));
  const { data: actor } = useSuspenseQuery(me);
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const confirm = useConfirm();
  const side = p.obligor === actor.organisation ? "obligor" : p.owner === actor.organisation ? "owner" : "seller";
  const acts = actor.roles.some((r) => ["maker", "checker"].includes(r));
  const party = [p.obligor, p.owner, p.seller].includes(actor.organisation);
  const waits = confirming(p);
  const may = {
    confirm:
      p.phase === "ISSUED" &&
      p.obligor === actor.organisation &&
      (waits ? canSign(waits, actor) : acts || actor.roles.includes("approver")),
    reject: p.phase === "ISSUED" && p.obligor === actor.organisation && acts,
    dispute: living(p) && acts && [p.obligor, p.owner].includes(actor.organisation) && !isZero(disputable(p)),
    resolve: living(p) && acts && party && inDispute(p),
  };
  const go = async () => {
    try {
      setOutcomes(await confirm.mutateAsync({ list: [p], promise: "acknowledgement" }));
    } catch {
      // It is shown below; who closed the dialog has signed nothing.
    }
  };
  return (
    <div className={classes.page}>
      <Anchor component={Link} to="/payables" size="sm">
        {t(side === "obligor" ? "payables.back" : "payables.backReceivables")}
      </Anchor>
      <Group gap="md" mt={4}>
        <Title order={1}>{p.number}</Title>
        <span className={classes.badges}>
          <Standing of={p} />
        </span>
      </Group>
      <Group gap="xs" mt={12}>
        {may.confirm && (
          <Button loading={confirm.isPending} onClick={() => void go()}>
            {t("payables.act.confirm", { count: 1 })}
          </Button>
        )}
        {may.dispute && (
          <Button variant="default" onClick={() => setSheet("dispute")}>
            {t("payables.dispute.button")}
          </Button>
        )}
        {may.resolve && (
          <Button variant="default" onClick={() => setSheet("resolve")}>
            {t("payables.resolve.button")}
          </Button>
        )}
        {may.reject && (
          <Button variant="default" onClick={() => setSheet("reject")}>
            {t("payables.reject.button")}
          </Button>
        )}
      </Group>
      {confirm.isError && !wasCancelled(confirm.error) && <ProblemNote error={confirm.error} />}
      {outcomes && <Outcomes list={outcomes} onClose={() => setOutcomes(null)} />}
      <Facts p={p} />
      <PayeePanel payable={p} />
      <Pending list={(p.pending ?? []).filter((i) => i.id !== waits?.id || !may.confirm)} p={p} />
      <Thread about={{ kind: "receivable", id: p.id }} className={classes.part} />
      <Papers p={p} />
      <History id={p.id} steps={p.history ?? []} />
      {sheet === "dispute" && <DisputeSheet payable={p} onClose={() => setSheet(null)} />}
      {sheet === "reject" && <RejectSheet payable={p} onClose={() => setSheet(null)} />}
      {sheet === "resolve" && <ResolveSheet payable={p} onClose={() => setSheet(null)} />}
    </div>
  );
}

/** A number without its marks: papers and claims write the same order with and without them. */
const bare = (number: string) => number.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();

/** The papers of a claim, for who may see the pack that it was drawn from. */
function usePapers(p: Payable) {
  const { i18n } = useTranslation();
  return useQuery({ ...packQuery(p.pack ?? "", i18n.language), enabled: Boolean(p.pack), retry: false }).data;
}

/** The order as its own paper writes it, where that is among the papers; the claim has it without marks. */
function useOrder(p: Payable): string {
  const papers = usePapers(p)?.papers ?? [];
  const same = papers.find((d) => d.kind === "purchase_order" && d.number && bare(d.number) === bare(p.order ?? ""));
  return same?.number ?? p.order ?? "";
}

function Facts({ p }: { p: Payable }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const order = useOrder(p);
  const sums: [string, Schemas["Amount"]][] = [
    ["face", p.face],
    ["confirmed", p.confirmed],
    ["left", p.due],
    ["paid", p.paid],
    ["disputed", disputedOf(p)],
    ["diluted", p.diluted],
    ["assigned", p.assigned],
  ];
  return (
    <dl className={classes.facts}>
      {sums
        .filter(([name, a]) => name === "face" || !isZero(a))
        .map(([name, a]) => (
          <div key={name}>
            <dt>{t(`payables.fact.${name}`)}</dt>
            <dd>
              <Money value={a} />
            </dd>
          </div>
        ))}
      {(
        [
          ["supplier", nameOf(p.seller)],
          ["buyer", nameOf(p.obligor)],
          ["owner", p.owner === p.seller ? "" : nameOf(p.owner)],
          ["order", order],
          ["issued", p.issue_date],
          ["due", p.due_date],
          ["payTo", p.pay_to],
          ["reason", [p.reason_code ? t(`payables.code.${p.reason_code}`) : "", p.reason ?? ""].filter(Boolean).join(" · ")],
        ] as const
      )
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{t(`payables.fact.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      {p.confirmation && (
        <div>
          <dt>{t("payables.fact.promise")}</dt>
          <dd>{t(`payables.promise.${p.confirmation.promise}`)}</dd>
        </div>
      )}
      {p.confirmation?.source && (
        <div>
          <dt>{t("payables.fact.source")}</dt>
          <dd>
            <Digest value={p.confirmation.source} />
          </dd>
        </div>
      )}
    </dl>
  );
}

/** The name of an act about a receivable without its kind. */
const short = (s: { act: string }) => s.act.replace(/^receivable\./, "");

/** What waits for signatures or is on its way, and what a person can do about it. */
function Pending({ list, p }: { list: Intent[]; p: Payable }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const client = useQueryClient();
  const nameOf = useNames();
  const act = useAct();
  const withdraw = useMutation({
    mutationFn: (i: Intent) =>
      taken(api.POST("/v1/intents/{intent}/withdrawal", { params: { path: { intent: i.id }, header: newKey() } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["receivables"] }),
  });
  if (list.length === 0) return null;
  return (
    <section className={classes.part}>
      <Title order={2}>{t("payables.pending.title")}</Title>
      <ul className={classes.steps}>
        {list.map((i) => {
          const args = argsOf(i);
          const next = i.duties.filter((d) => !d.fulfilled).flatMap((d) => d.organisations);
          return (
            <li key={i.id} className={classes.pending}>
              <Text size="sm" fw={600}>
                {t(`payables.step.${short(i)}`)}
              </Text>
              {args.amount && <Money value={args.amount} />}
              {args.account && <code>{args.account}</code>}
              {next.length > 0 && (
                <Text size="sm">{t("payables.pending.next", { names: [...new Set(next)].map(nameOf).join(t("payables.and")) })}</Text>
              )}
              {canSign(i, actor) && (
                <Button
                  size="compact-sm"
                  loading={act.isPending}
                  onClick={() =>
                    act.mutate({
                      title: t(`payables.act.${short(i) === "confirm" ? "confirmOne" : short(i)}`, { number: p.number }),
                      ...(args.amount ? { amount: args.amount } : {}),
                      counterparty: nameOf(p.obligor === actor.organisation ? p.seller : p.obligor),
                      consequence: t(`payables.consequence.pending.${short(i)}`, { account: args.account ?? "" }),
                      prepare: () => Promise.resolve(i),
                    })
                  }
                >
                  {t("payables.pending.sign")}
                </Button>
              )}
              {i.organisation === actor.organisation && i.state === "open" && (
                <Button size="compact-sm" variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate(i)}>
                  {t("payables.pending.withdraw")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {act.isError && <ProblemNote error={act.error} />}
      {withdraw.isError && <ProblemNote error={withdraw.error} />}
    </section>
  );
}

function Papers({ p }: { p: Payable }) {
  const { t } = useTranslation();
  const data = usePapers(p);
  if (!data) return null;
  return (
    <section className={classes.part}>
      <Group gap="md">
        <Title order={2}>{t("payables.papers")}</Title>
        <Link to="/packs/$id" params={{ id: data.id }} className={classes.plainLink}>
          {t("payables.matrix")}
        </Link>
      </Group>
      <ul className={classes.steps}>
        {data.papers?.map((d) => (
          <li key={d.id}>
            <Link to="/documents/$id" params={{ id: d.id }} className={classes.plainLink}>
              {t(`kind.${d.kind ?? "unread"}`)} {d.number}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How many persons of each organisation signed; who they are is their organisation's own. */
function signedFor(signers: { organisation: string }[]): [string, number][] {
  const count = new Map<string, number>();
  for (const { organisation } of signers) count.set(organisation, (count.get(organisation) ?? 0) + 1);
  return [...count];
}

/** Every step that the ledger holds: who signed, and where it stands there. */
function History({ id, steps }: { id: string; steps: Schemas["Step"][] }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (
    <section className={classes.part}>
      <Group gap="md">
        <Title order={2}>{t("payables.history")}</Title>
        <Link to="/trace/$id" params={{ id }} className={classes.plainLink}>
          {t("search.trace")}
        </Link>
      </Group>
      <ol className={classes.steps}>
        {steps.toReversed().map((s) => (
          <li key={s.version}>
            <Group gap="sm">
              <Text size="sm" fw={600}>
                {t(`payables.step.${short(s)}`)}
              </Text>
              {s.amount && <Money value={s.amount} />}
              {s.account && <code>{s.account}</code>}
              <Text size="sm" c="dimmed">
                <When at={s.at} />
              </Text>
            </Group>
            {(s.reason_code || s.reason) && (
              <Text size="sm">{[s.reason_code ? t(`payables.code.${s.reason_code}`) : "", s.reason ?? ""].filter(Boolean).join(" · ")}</Text>
            )}
            {s.signers.length > 0 && (
              <Text size="sm">
                {t("payables.signedBy", {
                  names: signedFor(s.signers)
                    .map(([organisation, count]) => t("payables.signedFor", { name: nameOf(organisation), count }))
                    .join(t("payables.and")),
                })}
              </Text>
            )}
            <details className={classes.proof}>
              <summary>{t("payables.proof", { block: s.block })}</summary>
              <p>
                {t("payables.transaction")} <code>{s.transaction}</code>
              </p>
              <p>{t("payables.endorsed", { names: s.endorsers.map(nameOf).join(t("payables.and")) })}</p>
              {s.evidence && <Digest value={s.evidence} />}
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}
