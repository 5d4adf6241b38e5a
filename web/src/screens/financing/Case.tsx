import { ActionIcon, Alert, Group, Title } from "@mantine/core";
import { IconArrowLeft, IconInfoCircle } from "@tabler/icons-react";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { instant } from "../../ui/format";
import { Money } from "../../ui/Money";
import { Whole } from "../../ui/Whole";
import classes from "./Financing.module.css";
import { useNames } from "../../api/names";
import { Payments } from "../statements/Payments";
import { Thread } from "../messages/Thread";
import { Proof } from "./Proof";
import { type Financing, financing, financings, receivable as receivableQuery } from "./queries";
import { Quotes } from "./Quotes";
import { type Status, StatusBadge, statusOf } from "./status";

const way = ["signed", "confirmed", "asked", "quoted", "accepted", "approved", "disbursed", "repaid"] as const;

/** How many steps of the way lie behind a case. */
const reached: Record<Status, number> = {
  byRule: 0,
  unsigned: 0,
  standing: 1,
  notTaken: 1,
  withdrawn: 0,
  asked: 3,
  quoted: 4,
  accepted: 5,
  refused: 3,
  declined: 4,
  lapsed: 4,
  approved: 6,
  disbursed: 7,
  overdue: 7,
  repaid: 8,
};

const ended = new Set<Status>(["byRule", "notTaken", "withdrawn", "refused", "declined", "lapsed"]);

function Steps({ of: f, status }: { of: Financing; status: Status }) {
  const { t } = useTranslation();
  const behind = reached[status];
  const dayOf = (act: string) => f.history?.find((s) => s.act === act)?.at;
  const when: Partial<Record<(typeof way)[number], string | undefined>> = {
    signed: f.requested_at,
    asked: dayOf("financing.request"),
    quoted: f.quoted_at,
    approved: dayOf("financing.approve"),
    disbursed: dayOf("financing.disburse"),
    repaid: dayOf("financing.repay"),
  };
  return (
    <ol className={classes.steps}>
      {way.map((step, n) => {
        const state = n < behind ? "done" : n > behind ? (ended.has(status) ? "never" : "ahead") : ended.has(status) ? "ended" : "now";
        return (
          <li key={step} className={classes.step} data-state={state} aria-current={state === "now" ? "step" : undefined}>
            {t(`financing.way.${step}`)}
            <span className={classes.when}>
              {state === "done" && when[step] ? instant(when[step]) : t(`financing.wayState.${state}`)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Why a case ended, or was not taken, as whoever decided it said. */
function Decision({ of: f, status }: { of: Financing; status: Status }) {
  const { t } = useTranslation();
  const fault = f.intent?.fault;
  if (status === "notTaken" && fault) {
    return (
      <Alert color="red" variant="light" title={t("financing.notTaken")}>
        <Whole text={fault.code === "receivable.nothing_free" ? t("financing.lessConfirmed") : `${fault.message} ${fault.action}`} />
      </Alert>
    );
  }
  if (f.reasons && f.reasons.length > 0) {
    return (
      <Alert color="red" variant="light" title={t("financing.byRule")}>
        <ul className={classes.reasons}>
          {f.reasons.map((r) => (
            <li key={r.code + r.message}>
              <Whole text={r.message} />
              {r.advice && (
                <span className={classes.then}>
                  <Whole text={r.advice} />
                </span>
              )}
            </li>
          ))}
        </ul>
      </Alert>
    );
  }
  if (!f.reason) return null;
  return (
    <Alert color="orange" variant="light" title={t("financing.reason")}>
      {f.reason}
    </Alert>
  );
}

/** The money of a case by its days. */
function Flows({ of: f }: { of: Financing }) {
  const { t } = useTranslation();
  if (!f.terms) return null;
  const paidOut = f.phase === "DISBURSED" || f.phase === "REPAID";
  const back = f.phase === "REPAID" ? "financing.flowBack" : f.stage === "overdue" ? "financing.flowLate" : "financing.flowOut";
  return (
    <section className={classes.part}>
      <Title order={2}>{t("financing.flows")}</Title>
      <dl className={classes.figures}>
        <div>
          <dt>
            <Whole text={t(paidOut ? "financing.flowCame" : "financing.flowIn", { day: f.terms.value_date })} />
          </dt>
          <dd>
            <Money value={f.terms.cash} />
          </dd>
        </div>
        <div>
          <dt>
            <Whole text={t(back, { day: f.terms.due_date })} />
          </dt>
          <dd>
            <Money value={f.terms.repayable} />
          </dd>
        </div>
        {f.outstanding && f.phase === "DISBURSED" && (
          <div>
            <dt>{t("financing.outstanding")}</dt>
            <dd>
              <Money value={f.outstanding} />
            </dd>
          </div>
        )}
        {f.surplus && f.phase === "REPAID" && (
          <div>
            <dt>{t("financing.surplus")}</dt>
            <dd>
              <Money value={f.surplus} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

export function CaseScreen() {
  const { t, i18n } = useTranslation();
  const { id } = useParams({ from: "/inside/financings/$id" });
  const { data: f } = useSuspenseQuery(financing(id, i18n.language));
  const { data: actor } = useSuspenseQuery(me);
  const { data: held } = useQuery(receivableQuery(f.receivable ?? ""));
  const { data: others } = useQuery(financings);
  const nameOf = useNames();
  const status = statusOf(f, held?.reservation?.financing === f.id || f.stage === "accepting");
  const buyer = held ? nameOf(held.obligor) : t("financing.buyer");
  const name = f.number || f.title; // a request that never had a claim has no number: its trade names it
  const side = actor.organisation === f.seller ? nameOf(f.bank) : nameOf(f.seller);
  return (
    <div className={classes.all}>
      <Group className={classes.head} gap={12} wrap="nowrap">
        <ActionIcon component={Link} to="/financings" variant="subtle" aria-label={t("financing.back")}>
          <IconArrowLeft size={18} />
        </ActionIcon>
        <Title order={1} className={classes.title}>
          <Whole text={name ? t("financing.caseNamed", { number: name, bank: side }) : t("financing.caseOf", { bank: side })} />
        </Title>
        <StatusBadge status={status} />
      </Group>
      <dl className={`${classes.figures} ${classes.part}`}>
        {f.amount && (
          <div>
            <dt>{t("financing.face")}</dt>
            <dd>
              <Money value={f.amount} />
            </dd>
          </div>
        )}
        {f.wanted && (
          <div>
            <dt>{t("financing.wish")}</dt>
            <dd>
              <Money value={f.wanted} />
            </dd>
          </div>
        )}
        {f.account && (
          <div>
            <dt>{t("financing.account")}</dt>
            <dd>{f.account}</dd>
          </div>
        )}
        {f.pack && (
          <div>
            <dt>{t("financing.papers")}</dt>
            <dd>
              <Link to="/packs/$id" params={{ id: f.pack }} className={classes.link}>
                {t("financing.openPack")}
              </Link>
            </dd>
          </div>
        )}
      </dl>
      <Steps of={f} status={status} />
      <div className={classes.part}>
        {status === "standing" && (
          <Alert variant="light" color="blue" icon={<IconInfoCircle size={18} />} title={t("financing.standsTitle", { buyer })}>
            {t("financing.standsText", { buyer })}
          </Alert>
        )}
        <Decision of={f} status={status} />
      </div>
      <Quotes of={f} all={(others?.items ?? []).filter((o) => o.receivable !== undefined && o.receivable === f.receivable)} heldFor={held?.reservation?.financing} />
      <Flows of={f} />
      {(f.phase === "DISBURSED" || f.phase === "REPAID") && <Payments of={held} className={classes.part} />}
      <Thread about={{ kind: "financing", id: f.id }} className={classes.part} />
      <Proof of={f} />
    </div>
  );
}
