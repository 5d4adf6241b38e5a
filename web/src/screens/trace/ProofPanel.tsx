import { Button, Group, Text, Title } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { Badge } from "../../ui/Badge";
import { count, instant, shortDigest } from "../../ui/format";
import { ProblemNote } from "../../ui/ProblemNote";
import { Table } from "../../ui/Table";
import table from "../../ui/Table.module.css";
import { outcomeOf } from "./moments";
import { type Proof, type ProofLine, prove, type Trace } from "./queries";
import { signerIn, useSigners } from "./signers";
import { useThing } from "./Timeline";
import { answerTone } from "./tones";
import classes from "./Trace.module.css";

const checks = ["chain", "history", "commitment", "consent", "command", "signature", "original", "fields"] as const;

/** Verify now: all that the trace shows, computed again by the node. */
export function ProofPanel({ of }: { of: Trace }) {
  const { t } = useTranslation();
  const result = useRef<HTMLDivElement>(null);
  const run = useMutation({
    mutationFn: () => prove(of.receivable.id),
    onSuccess: () => result.current?.focus(),
  });
  const proof = run.data;
  return (
    <section className={classes.panel} aria-labelledby="proof">
      <Group justify="space-between" gap="sm" align="flex-start">
        <div className={classes.panelText}>
          <Title order={2} id="proof">
            {t("trace.proof.title")}
          </Title>
          <Text size="sm" c="dimmed" maw={760}>
            {t("trace.proof.about")}
          </Text>
        </div>
        <Button leftSection={<IconShieldCheck size={18} aria-hidden />} loading={run.isPending} onClick={() => run.mutate()}>
          {t(proof ? "trace.proof.again" : "trace.proof.run")}
        </Button>
      </Group>
      {run.isError && <ProblemNote error={run.error} />}
      <div ref={result} tabIndex={-1} role="status" className={classes.result}>
        {proof && (
          <>
            <Group gap="sm" mt={12}>
              <Badge tone={answerTone(proof.outcome)}>{t(`trace.proof.outcome.${proof.outcome}`)}</Badge>
              <Text size="sm">
                {t("trace.proof.sum", {
                  pass: count(proof.lines.filter((l) => l.outcome === "pass").length),
                  fail: count(proof.lines.filter((l) => l.outcome === "fail").length),
                  unknown: count(proof.lines.filter((l) => l.outcome === "unknown").length),
                })}
              </Text>
            </Group>
            <Text size="sm" c="dimmed" mt={4}>
              {proof.head_hash
                ? t("trace.proof.head", {
                    block: count(proof.head),
                    hash: shortDigest(proof.head_hash),
                    at: instant(new Date(run.submittedAt).toISOString()),
                  })
                : t("trace.proof.headless")}
            </Text>
          </>
        )}
      </div>
      {proof && <Checks of={of} proof={proof} />}
    </section>
  );
}

/** Each check with its lines; those that are no pass stand open. */
function Checks({ of, proof }: { of: Trace; proof: Proof }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.checks}>
      {checks.map((check) => {
        const lines = proof.lines.filter((l) => l.check === check);
        if (lines.length === 0) return null;
        const outcome = outcomeOf(lines);
        const passed = lines.filter((l) => l.outcome === "pass").length;
        return (
          <li key={check}>
            <details open={outcome !== "pass"}>
              <summary>
                <Badge tone={answerTone(outcome)}>{t(`trace.proof.answer.${outcome}`)}</Badge>
                <span>{t(`trace.check.${check}.title`)}</span>
                <span className={classes.passed}>{t("trace.proof.passed", { passed: count(passed), all: count(lines.length) })}</span>
              </summary>
              <Text size="sm" c="dimmed">
                {t(`trace.check.${check}.about`)}
              </Text>
              <Lines of={of} lines={lines} check={check} />
            </details>
          </li>
        );
      })}
    </ul>
  );
}

function Lines({ of, lines, check }: { of: Trace; lines: ProofLine[]; check: (typeof checks)[number] }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const thing = useThing(of);
  const signed = useSigners();
  const about = (l: ProofLine) =>
    [
      l.kind === "organisation" ? t("trace.thing.organisation", { name: nameOf(l.organisation ?? "") }) : thing(l.kind, l.asset),
      l.version ? t("trace.proof.version", { version: l.version }) : "",
      l.person
        ? signed([signerIn(of, l.organisation ?? "", l.person)])
        : l.organisation && l.kind !== "organisation"
          ? nameOf(l.organisation)
          : "",
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <Table label={t("trace.proof.compared", { check: t(`trace.check.${check}.title`) })}>
      <thead>
        <tr>
          <th scope="col">{t("trace.proof.what")}</th>
          <th scope="col">{t("trace.proof.claimed")}</th>
          <th scope="col">{t("trace.proof.found")}</th>
          <th scope="col">{t("trace.proof.result")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((l, n) => (
          // oxlint-disable-next-line react/no-array-index-key -- the lines of one answer never move
          <tr key={n}>
            <th scope="row" data-title={t("trace.proof.what")}>{about(l)}</th>
            <td className={table.hash} title={l.claimed} data-title={t("trace.proof.claimed")}>
              <Value of={l.claimed} />
            </td>
            <td className={table.hash} title={l.found} data-title={t("trace.proof.found")}>
              <Value of={l.found} />
            </td>
            <td data-title={t("trace.proof.result")}>
              <Badge tone={answerTone(l.outcome)}>{t(`trace.proof.answer.${l.outcome}`)}</Badge>
              {l.note && <span className={classes.why}>{t(`trace.proof.note.${l.note}`)}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What was compared: digests in short, phases and instants as people read them. */
function Value({ of }: { of: string | undefined }) {
  const { t, i18n } = useTranslation();
  if (!of) return <>{t("trace.proof.nothing")}</>;
  const told = (word: string) => {
    if (/^(sha-256:)?[0-9a-f]{40,}$/.test(word)) return shortDigest(word);
    if (/^\d{4}-\d\d-\d\dT/.test(word)) return instant(word);
    return i18n.exists(`trace.phase.${word}`) ? t(`trace.phase.${word}`) : word;
  };
  return <>{of.split(" ").filter(Boolean).map(told).join(" · ")}</>;
}
