import { Group, Text } from "@mantine/core";
import { IconCircleCheck, IconCoin, IconFileUpload, IconLink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import type { Schemas } from "../../api/client";
import { Digest } from "../../signing/Digest";
import { Badge } from "../../ui/Badge";
import { count, shortDigest } from "../../ui/format";
import { Money } from "../../ui/Money";
import { Whole } from "../../ui/Whole";
import { When } from "../../ui/When";
import { type Moment, moments } from "./moments";
import type { Trace } from "./queries";
import { useSigners } from "./signers";
import { answerTone } from "./tones";
import classes from "./Trace.module.css";
import { actWord } from "./words";

/** Every moment, from the first paper on. */
export function Timeline({ of }: { of: Trace }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.line} aria-label={t("trace.view.timeline")}>
      {moments(of).map((m) => (
        <li key={m.key} className={classes.moment} data-off={"note" in m || undefined}>
          <span className={classes.mark} aria-hidden>
            <Mark of={m} />
          </span>
          <div className={classes.what}>
            <When at={m.at} className={classes.at} />
            {"step" in m ? <Step of={of} e={m.step} /> : <Note of={of} n={m.note} />}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Mark({ of }: { of: Moment }) {
  if ("step" in of) return <IconLink size={16} />;
  if (of.note.what === "uploaded") return <IconFileUpload size={16} />;
  return of.note.what === "verified" ? <IconCircleCheck size={16} /> : <IconCoin size={16} />;
}

/** How a thing of the trace is called: its kind and its number. */
export function useThing(of: Trace): (kind: Schemas["TraceEvent"]["kind"], id: string) => string {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (kind, id) => {
    if (kind === "receivable") return t("trace.thing.receivable", { number: of.receivable.number });
    if (kind === "financing") {
      return t("trace.thing.financing", { bank: nameOf(of.financings.find((f) => f.id === id)?.bank ?? "") });
    }
    const paper = of.papers.find((p) => p.id === id);
    return [t(`kind.${paper?.kind ?? "unread"}`), paper?.number ?? ""].filter(Boolean).join(" ");
  };
}

function Step({ of, e }: { of: Trace; e: Schemas["TraceEvent"] }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const thing = useThing(of);
  const signed = useSigners();
  const s = e.step;
  return (
    <>
      <Group gap="0 10px" className={classes.head}>
        <Text size="sm" fw={600}>
          {actWord(t, s.act)}
        </Text>
        <Text size="sm">
          <Whole text={thing(e.kind, e.asset)} />
        </Text>
        {s.amount && <Money value={s.amount} />}
      </Group>
      {s.reason && <Text size="sm">{s.reason}</Text>}
      <Text size="sm" c="dimmed">
        {s.signers.length > 0
          ? t("trace.signedBy", { names: signed(s.signers) })
          : t("trace.unsigned", { name: nameOf(s.organisation) })}
      </Text>
      <details className={classes.proof}>
        <summary>{t("trace.onLedger", { block: count(s.block), version: s.version, id: shortDigest(s.transaction) })}</summary>
        <dl className={classes.proofFacts}>
          <div>
            <dt>{t("trace.transaction")}</dt>
            <dd>
              <Digest value={s.transaction} />
            </dd>
          </div>
          <div>
            <dt>{t("trace.blockHash", { block: count(s.block) })}</dt>
            <dd>
              <Digest value={e.block_hash} />
            </dd>
          </div>
          <div>
            <dt>{t("trace.submitted")}</dt>
            <dd>{nameOf(s.organisation)}</dd>
          </div>
          <div>
            <dt>{t("trace.endorsed")}</dt>
            <dd>{s.endorsers.map(nameOf).join(t("trace.and"))}</dd>
          </div>
          <div>
            <dt>{t("trace.stands")}</dt>
            <dd>{t("trace.moved", { version: s.version, phase: t(`trace.phase.${s.to}`) })}</dd>
          </div>
        </dl>
      </details>
    </>
  );
}

function Note({ of, n }: { of: Trace; n: Schemas["TraceNote"] }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const thing = useThing(of);
  return (
    <>
      <Group gap="0 10px" className={classes.head}>
        <Text size="sm" fw={600}>
          {t(`trace.note.${n.what}`)}
        </Text>
        {n.document && (
          <Text size="sm">
            <Whole text={thing("document", n.document)} />
          </Text>
        )}
        {n.amount && <Money value={n.amount} />}
        {n.reference && (
          <Text size="sm">
            <Whole text={n.reference} />
          </Text>
        )}
        {n.verdicts?.map((v) => (
          <span key={v.question} className={classes.verdict}>
            {t(`question.${v.question}`)} <Badge tone={answerTone(v.answer)}>{t(`answer.${v.answer}`)}</Badge>
          </span>
        ))}
      </Group>
      <Text size="sm" c="dimmed">
        {n.organisation ? t("trace.offBy", { name: nameOf(n.organisation) }) : t("trace.off")}
      </Text>
    </>
  );
}
