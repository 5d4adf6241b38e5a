import { Button, Group, NativeSelect, Text, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "../../ui/Badge";
import { ProblemNote } from "../../ui/ProblemNote";
import { amount, instant, stated } from "../../ui/format";
import { Whole } from "../../ui/Whole";
import { Thread } from "../messages/Thread";
import { AlertBadge } from "./Alert";
import { useNames } from "../../api/names";
import { begun, Price, PriceForm, priced, type Quote, usePrice } from "./Price";
import { paidOut, type Review } from "./queries";
import classes from "./Review.module.css";
import { type Decision, isStale, type ReasonCode, useDecide } from "./useDecide";
import { useDecideKeys } from "./useDecideKeys";

const toSeller: ReasonCode[] = [
  "papers_missing",
  "papers_differ",
  "goods_or_passage",
  "payee_account",
  "payment_term",
  "over_limit",
  "price",
  "obligor_confirmation",
  "bank_policy",
  "other",
];
const toMaker: ReasonCode[] = [...toSeller, "price_deviates", "concentration", "screening"];

type Line = Review["decisions"][number]["consequences"][number];

/** What follows from an act, in words. The ledger takes no acceptance while the account to pay to is held. */
function useConsequence(held: boolean): (line: Line) => string {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (c) =>
    t(`review.then.${c.code === "offer" && held ? "offerHeld" : c.code}`, {
      name: nameOf(c.organisation),
      amount: c.amount ? `${amount(c.amount.amount, c.amount.currency)} ${c.amount.currency}` : "",
      account: c.account ?? "",
      date: c.date ?? "",
      until: c.until ? instant(c.until) : "",
    });
}

/** Exposure before and after, against each limit that the case falls under. */
function Limits({ review }: { review: Review }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const lines = review.exposure.filter((e) => e.by !== "currency");
  if (lines.length === 0) return null;
  return (
    <section className={classes.block} aria-label={t("review.exposure")}>
      <h2>{t("review.exposure")}</h2>
      <table className={classes.limits}>
        <thead>
          <tr>
            <th scope="col">{t("review.line")}</th>
            <th scope="col">{t("review.before")}</th>
            <th scope="col">{t("review.after")}</th>
            <th scope="col">{t("review.limit", { currency: lines[0]?.limit.currency ?? "" })}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((e) => (
            <tr key={e.by}>
              <th scope="row">
                {t(`exposure.one.${e.by as "seller"}`)}
                {e.by !== "programme" && <span className={classes.lineName}> {nameOf(e.id)}</span>}
              </th>
              <td>{amount(e.used.amount, e.used.currency)}</td>
              <td>
                <strong>{e.with ? amount(e.with.used.amount, e.with.used.currency) : ""}</strong>
                {e.with && e.with.alert !== "none" && <AlertBadge alert={e.with.alert} />}
              </td>
              <td>
                {amount(e.limit.amount, e.limit.currency)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What the bank's rules ask; once the cash is paid out, what has changed since says nothing of the decision. */
function Conditions({ review }: { review: Review }) {
  const { t } = useTranslation();
  if (paidOut.has(review.financing.stage)) return null;
  const failed = review.checks.some((c) => c.outcome === "failed");
  return (
    <ul className={classes.conditions} aria-label={t("review.policy")}>
      {review.conditions.map((c) => (
        <li key={c.code}>
          {c.code === "verdicts" && !c.passed && !failed ? (
            <Badge tone="unknown">{t("review.condition.verdicts.open")}</Badge>
          ) : (
            <Badge tone={c.passed ? "good" : c.code === "held" ? "quiet" : "bad"}>
              {t(`review.condition.${c.code}.${c.passed ? "yes" : "no"}`, {
                actual: stated(c.actual ?? ""),
                limit: stated(c.limit ?? ""),
              })}
            </Badge>
          )}
        </li>
      ))}
    </ul>
  );
}

type Props = { review: Review; onDone: (act: Decision["act"]) => void; onStale: () => void };

/** The decision: price, limits, what follows, and the acts that are the person's. */
export function Decide({ review, onDone, onStale }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const said = useConsequence(review.payee_change !== undefined);
  const [quote, setQuote] = useState<Quote>(() => begun(review));
  const [code, setCode] = useState<ReasonCode | "">("");
  const [note, setNote] = useState("");
  const [asked, setAsked] = useState(false);
  const { on: keys, setOn: setKeys, everywhere } = useDecideKeys();
  const reason = useRef<HTMLSelectElement>(null);
  const decide = useDecide(review, onDone);
  const busy = useRef(false); // at once: a key that is held down repeats before the screen knows

  const find = (act: Decision["act"]) => review.decisions.find((d) => d.act === act);
  const main = review.decisions.find((d) => !["reject", "return_maker", "return_seller"].includes(d.act));
  const reject = find("reject");
  const back = find("return_maker") ?? find("return_seller");
  const quoting = main?.act === "quote" && main.allowed;
  const price = usePrice(review, quote, quoting);

  const counterparty = nameOf(review.financing.seller);
  const run = (decision: Decision | undefined) => {
    if (!decision?.allowed || busy.current) return;
    const needsReason = decision.act === "reject" || decision.act.startsWith("return");
    if (needsReason && code === "") {
      setAsked(true);
      reason.current?.focus();
      return;
    }
    busy.current = true;
    decide.mutate(
      { decision, quote, code, note, counterparty, consequence: decision.consequences.map(said).join(" ") },
      {
        onError: (error) => isStale(error) && onStale(),
        onSettled: () => {
          busy.current = false;
        },
      },
    );
  };
  const latest = useRef({ run, main, back, reject });
  useEffect(() => {
    latest.current = { run, main, back, reject };
  });
  useEffect(() => {
    if (!keys) return;
    const press = (e: KeyboardEvent) => {
      const at = e.target as HTMLElement;
      const typing = at.closest("input:not([type=checkbox]), textarea, select, [role=dialog]");
      if (typing || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("[role=dialog]")) return;
      const { run: act, main: first, back: second, reject: third } = latest.current;
      const chosen = { a: first, r: second, x: third }[e.key.toLowerCase()];
      if (!chosen) return;
      e.preventDefault();
      act(chosen);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [keys]);

  const consequences = main?.consequences ?? [];
  const reasons = back?.act === "return_maker" ? toMaker : toSeller;
  return (
    <section className={classes.decide} aria-label={t("review.decision")}>
      <div className={classes.decideBody}>
        <Limits review={review} />
        <Conditions review={review} />
        <Price review={review} quote={quote} terms={quoting ? price.data : undefined} />
        {quoting && <PriceForm quote={quote} onChange={setQuote} />}
        {quoting && price.isError && <ProblemNote error={price.error} />}
        <History review={review} />
        <Talk review={review} />
      </div>
      <div className={classes.acts}>
        {(reject || back) && (
          <div className={classes.reasons}>
            <NativeSelect
              ref={reason}
              size="xs"
              label={t("review.reason")}
              error={asked && code === "" ? t("review.reasonNeeded") : undefined}
              data={[
                { value: "", label: t("review.choose") },
                ...reasons.map((r) => ({ value: r, label: t(`review.reasons.${r}`) })),
              ]}
              value={code}
              onChange={(e) => setCode(e.currentTarget.value as ReasonCode)}
            />
            <Textarea
              size="xs"
              label={t("review.note")}
              autosize={false}
              rows={1}
              maxLength={50}
              value={note}
              onChange={(e) => setNote(e.currentTarget.value)}
            />
          </div>
        )}
        {main ? (
          <p className={classes.then}>
            <Whole text={main.allowed ? consequences.map(said).join(" ") : t(`review.why.${main.why ?? "role"}`, { roles: rolesOf(t, main) })} />
          </p>
        ) : (
          <p className={classes.then}>{t(`review.stage.${review.financing.stage ?? "requested"}`)}</p>
        )}
        {decide.isError && <ProblemNote error={decide.error} />}
        <Group gap={8}>
          {main && (
            <Button
              flex="1 0 auto"
              px="sm"
              loading={decide.isPending}
              disabled={!main.allowed || (main.act === "quote" && !priced(quote))}
              aria-keyshortcuts={keys ? "a" : undefined}
              onClick={() => run(main)}
            >
              {t(`review.act.${main.prepares ? "toChecker" : main.act}`)}
            </Button>
          )}
          {back && (
            <Button variant="default" px="sm" disabled={!back.allowed} aria-keyshortcuts={keys ? "r" : undefined} onClick={() => run(back)}>
              {t(`review.act.${back.act}`)}
            </Button>
          )}
          {reject && (
            <Button
              variant="default"
              px="sm"
              color="red"
              disabled={!reject.allowed}
              aria-keyshortcuts={keys ? "x" : undefined}
              onClick={() => run(reject)}
            >
              {t("review.act.reject")}
            </Button>
          )}
        </Group>
        {main && everywhere && (
          <label className={classes.keys}>
            <input type="checkbox" checked={keys} onChange={(e) => setKeys(e.currentTarget.checked)} />
            {t("review.keys", { approve: "A", back: "R", reject: "X", next: "j", previous: "k" })}
          </label>
        )}
      </div>
    </section>
  );
}

function rolesOf(t: ReturnType<typeof useTranslation>["t"], d: Decision): string {
  return d.roles.map((r) => t(`role.${r}`)).join(t("review.or"));
}

/** What happened before, newest first. */
function History({ review }: { review: Review }) {
  const { t } = useTranslation();
  const events = review.events;
  if (events.length === 0) return null;
  return (
    <details className={classes.history} open={events[0]?.kind !== "ledger" || undefined}>
      <summary>{t("review.history", { count: events.length })}</summary>
      <ol>
        {events.map((e) => (
          <li key={`${e.kind} ${e.at} ${e.act ?? ""} ${e.by.join()}`}>
            <EventLine event={e} />
          </li>
        ))}
      </ol>
    </details>
  );
}

/** What seller and bank write to each other about the case. */
function Talk({ review }: { review: Review }) {
  const { t } = useTranslation();
  return (
    <details className={classes.history}>
      <summary>{t("review.messages")}</summary>
      <Thread about={{ kind: "financing", id: review.financing.id }} />
    </details>
  );
}

/** Who did what, and when. */
export function EventLine({ event: e }: { event: Review["events"][number] }) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const who = e.by.length > 0 ? e.by.join(t("review.comma")) : nameOf(e.organisation);
  const act = e.act && i18n.exists(`review.did.${e.act.replace(".", "_")}`) ? t(`review.did.${e.act.replace(".", "_") as "financing_quote"}`) : "";
  return (
    <>
      <time dateTime={e.at}>{instant(e.at)}</time>{" "}
      {e.kind === "returned" && e.return
        ? t(`review.event.returned_${e.return.to}`, { who, reason: t(`review.reasons.${e.return.code}`) })
        : t(`review.event.${e.kind}`, { who, act })}
      {e.return?.note && <Text span size="xs" c="dimmed">{` “${e.return.note}”`}</Text>}
      {e.kind === "failed" && e.fault && <Text span size="xs" c="dimmed">{` ${e.fault.action}`}</Text>}
    </>
  );
}
