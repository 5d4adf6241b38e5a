import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { useNames } from "../../api/names";
import { me } from "../../api/queries";
import { Badge, type Tone } from "../../ui/Badge";
import { amount } from "../../ui/format";
import type { Column } from "../../ui/List";
import { Money } from "../../ui/Money";
import { isZero } from "../../ui/sum";
import { Whole } from "../../ui/Whole";
import { minus } from "../payables/amounts";
import { canSign } from "../payables/queries";
import { type Amount, fit, type Line, newKey } from "./queries";
import classes from "./Statements.module.css";

type Acts = {
  may: boolean;
  proposes: boolean;
  busy: boolean;
  onRecord: (line: Line) => void;
  onChoose: (line: Line) => void;
  onSetAside: (line: Line) => void;
  onTrouble: (error: unknown) => void;
};

const written = (a: Amount) => `${amount(a.amount, a.currency)} ${a.currency}`;
const credit = (l: Line) => !l.amount.amount.startsWith("-") && !isZero(l.amount);

/** What a line says, what it pays, and what can be done about it. */
export function useLineColumns(acts: Acts): Column<Line>[] {
  const { t } = useTranslation();
  const named = (c: string) => t(`statements.column.${c as "booked"}`);
  return [
    { id: "booked", title: named("booked"), width: 84, cell: (l) => l.booked_on },
    { id: "payer", title: named("payer"), width: 160, grow: 1, phone: { line: 1 }, cell: (l) => <Payer line={l} /> },
    { id: "amount", title: named("amount"), width: 130, right: true, phone: { line: 1, end: true }, cell: (l) => <Money value={l.amount} /> },
    { id: "pays", title: named("pays"), width: 260, grow: 1.4, phone: { line: 2, wide: true }, cell: (l) => <Pays line={l} /> },
    { id: "act", title: named("act"), width: 340, phone: { line: 3, wide: true }, cell: (l) => <Act line={l} {...acts} /> },
  ];
}

function Payer({ line: l }: { line: Line }) {
  const { t } = useTranslation();
  return (
    <span translate="no" title={l.reference ? t("statements.reference", { reference: l.reference }) : undefined}>
      {l.party_name || t("common.none")}
      <span className={classes.text}>
        {[l.remittance, l.value_on && l.value_on !== l.booked_on ? t("statements.valueOn", { day: l.value_on }) : ""].filter(Boolean).join(" · ")}
      </span>
    </span>
  );
}

const fits = { full: "good", part: "attention", over: "attention" } as const;
export const tones: Record<Line["state"], Tone> = { waiting: "attention", prepared: "asked", underway: "busy", recorded: "good", set_aside: "quiet", debit: "quiet" };

/** How a line stands to a receivable: state in a word, then which one, then what is left. */
function Pays({ line: l }: { line: Line }) {
  const { t, i18n } = useTranslation();
  const how = fit(l);
  const tone = l.state === "waiting" ? undefined : tones[l.state]; // how it fits says more
  return (
    <>
      {tone && <Badge tone={tone}>{t(`statements.state.${l.state}`)}</Badge>}
      {l.state === "waiting" && how && <Badge tone={fits[how]}>{t(`statements.fit.${how}`)}</Badge>}
      {l.state === "waiting" && l.unmatched && <Badge tone="unknown">{t(`statements.unmatched.${l.unmatched}`, { number: l.match?.number ?? "" })}</Badge>}{" "}
      {l.match && !l.unmatched && <Match line={l} match={l.match} />}
      {l.state === "waiting" && l.unmatched && (
        <Text size="sm" c="dimmed">
          {t(`statements.then.${l.unmatched}`)}
        </Text>
      )}
      {l.state === "set_aside" && (
        <Text span size="sm">
          {l.set_aside}
        </Text>
      )}
      {l.state === "waiting" && l.refused && (
        <Text size="sm">
          {t("statements.again")} {i18n.language === "en" ? `${l.refused.message} — ${l.refused.action}` : l.refused.action}
        </Text>
      )}
    </>
  );
}

function Match({ line: l, match: m }: { line: Line; match: NonNullable<Line["match"]> }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const how = fit(l);
  const recorded = l.state === "recorded";
  const left = recorded ? minus(l.amount, l.allocated) : how === "over" ? minus(l.amount, m.due) : undefined;
  const what = recorded
    ? t("statements.applied", { amount: written(l.allocated) })
    : t("statements.due", { day: m.due_date, amount: written(m.due) });
  return (
    <>
      <Link to="/payables/$id" params={{ id: m.receivable }} className={classes.link} translate="no">
        {m.number}
      </Link>{" "}
      <Text span size="sm">
        <Whole text={t("statements.named", { name: nameOf(m.obligor), what })} />
      </Text>
      {l.state === "waiting" && how === "part" && (
        <Text size="sm" c="dimmed">
          {t("statements.left", { amount: written(minus(m.due, l.amount)) })}
        </Text>
      )}
      {left && !isZero(left) && (
        <Text size="sm" c="dimmed">
          {t("statements.rest", { amount: written(left) })}
        </Text>
      )}
    </>
  );
}

/** The acts that are open to the reader. */
function Act({ line: l, may, proposes, busy, onRecord, onChoose, onSetAside, onTrouble }: Acts & { line: Line }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const client = useQueryClient();
  const back = useMutation({
    mutationFn: async () => {
      // What follows goes first: nothing is left that waits for what was taken back.
      for (const i of (l.pending ?? []).toReversed()) {
        await taken(api.POST("/v1/intents/{intent}/withdrawal", { params: { path: { intent: i.id }, header: newKey() } }));
      }
    },
    onError: onTrouble,
    onSettled: () => Promise.all(["statements", "inbox"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  const label = (act: string) => t("statements.label", { act, amount: written(l.amount), payer: l.party_name ?? "" });
  const act = (word: string, run: () => void, first = false) => (
    <Button size="compact-sm" variant={first ? "filled" : "default"} disabled={busy} aria-label={label(word)} onClick={run} {...(first ? { "data-open": true } : {})}>
      {word}
    </Button>
  );
  if (!credit(l) || l.state === "recorded" || l.state === "underway" || !may) return null;
  if (l.state === "prepared") {
    const open = l.pending?.[0];
    const mine = !proposes && open !== undefined && canSign(open, actor);
    return (
      <span className={classes.acts}>
        {mine ? act(t("statements.act.sign"), () => onRecord(l), true) : <Text size="sm">{t(proposes ? "statements.waitsOther" : "statements.waits")}</Text>}
        {act(t("statements.act.withdraw"), () => back.mutate())}
      </span>
    );
  }
  const matched = l.state === "waiting" && l.match && !l.unmatched;
  return (
    <span className={classes.acts}>
      {matched && act(t(proposes ? "statements.act.propose" : "statements.act.record"), () => onRecord(l), true)}
      {act(t(matched ? "statements.act.other" : "statements.act.choose"), () => onChoose(l))}
      {l.state === "waiting" && act(t("statements.act.setAside"), () => onSetAside(l))}
    </span>
  );
}
