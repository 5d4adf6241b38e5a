import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "../../ui/Badge";
import { stated } from "../../ui/format";
import { Whole } from "../../ui/Whole";
import type { Review } from "./queries";
import classes from "./Review.module.css";

export type Check = Review["checks"][number];

export const tones: Record<Check["outcome"], Tone> = { failed: "bad", unknown: "unknown", warned: "attention", passed: "good" };

/** Rules that the screen has words for; what a reader finds is told by the server. */
const worded = new Set([
  "document.holds",
  "document.unread",
  "document.issuer",
  "match.holds",
  "match.open",
  "fingerprint.own",
  "fingerprint.absent",
  "fingerprint.rejected",
  "receivable.encumbered",
  "pack.empty",
  "pack.papers",
]);

/** Rules that others know by their number, such as BR-CO-15; our own go by their words. */
const standard = /^[A-Z][A-Z0-9-]+$/;

const slug = (rule: string) => rule.replace(".", "_");

/** What a check says in a line, in the reader's language. */
export function useCheckWords(review: Review): (check: Check) => string {
  const { t, i18n } = useTranslation();
  const paper = (id: string | undefined) => {
    const d = review.pack.papers?.find((p) => p.id === id);
    return d ? `${t(`kind.${d.kind ?? "unread"}`)} ${d.number ?? ""}`.trim() : "";
  };
  return (c) => {
    const fact = c.fact ? t(`fact.${c.fact as "seller"}`) : "";
    const about = c.item && c.goods ? t("review.factOf", { fact, item: c.item }) : fact;
    if (worded.has(c.rule)) {
      return t(`review.rule.${slug(c.rule) as "match_holds"}`, { fact: about, paper: paper(c.papers[0]?.document) });
    }
    const code = c.rule.replace(/^match\./, "");
    if (c.rule.startsWith("match.") && i18n.exists(`match.${code}`)) {
      const words = t(`match.${code as "party"}`);
      return about ? t("review.ruleAbout", { about, rule: words }) : words;
    }
    return c.message ?? t("review.rule.other"); // in the reader's language
  };
}

/** Checks with a name each; those that say the same are numbered. */
function named(checks: Check[]): { key: string; check: Check }[] {
  const times = new Map<string, number>();
  return checks.map((check) => {
    const [paper] = check.papers;
    const name = [check.rule, check.fact, check.goods, paper?.document, paper?.path, paper?.offset].join(" ");
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return { key: `${name} ${before}`, check };
  });
}

type Props = {
  review: Review;
  chosen: number | undefined;
  onChoose: (check: number) => void;
};

/** Every check, failed first; one that is clicked lights up in its paper. */
export function Checks({ review, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const words = useCheckWords(review);
  const count = (outcome: Check["outcome"]) => review.checks.filter((c) => c.outcome === outcome).length;
  const outcomes = ["failed", "unknown", "warned", "passed"] as const;
  return (
    <section className={classes.checks} aria-label={t("review.checks")}>
      <div className={classes.counts}>
        <h2>{t("review.checks")}</h2>
        {outcomes
          .filter((o) => count(o) > 0)
          .map((o) => (
            <Badge key={o} tone={tones[o]}>
              {t(`review.outcomes.${o}`, { count: count(o) })}
            </Badge>
          ))}
        <Link to="/packs/$id" params={{ id: review.pack.id }} className={classes.packLink}>
          {t("review.openPack")}
        </Link>
      </div>
      <ol className={classes.list}>
        {named(review.checks).map(({ key, check: c }, n) => (
          <li key={key}>
            <button
              type="button"
              className={classes.check}
              data-outcome={c.outcome}
              aria-pressed={chosen === n}
              onClick={() => onChoose(n)}
            >
              <span className={classes.checkHead}>
                <Badge tone={tones[c.outcome]}>{t(`review.outcome.${c.outcome}`)}</Badge>
                {standard.test(c.rule) && <code className={classes.rule}>{c.rule}</code>}
              </span>
              <span className={classes.said}>
                <Whole text={words(c)} />
              </span>
              {(c.claimed || c.found) && (
                <span className={classes.values}>
                  {c.claimed && (
                    <span>
                      {t("review.claimed")} <strong>
                        <Whole text={stated(c.claimed)} />
                      </strong>
                    </span>
                  )}
                  {c.found && (
                    <span>
                      {t("review.found")} <strong>
                        <Whole text={stated(c.found)} />
                      </strong>
                    </span>
                  )}
                </span>
              )}
              {c.outcome !== "passed" && (
                <span className={classes.advice}>
                  <Whole text={c.advice ?? t("review.openNext")} />
                </span>
              )}
            </button>
            {chosen === n && <Differences review={review} check={c} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What each paper says of the fact, the characters that differ from the claim marked. */
function Differences({ review, check }: { review: Review; check: Check }) {
  const { t } = useTranslation();
  const [claim] = check.papers;
  if (check.papers.length < 2 || !claim?.claim) return null;
  return (
    <dl className={classes.differences}>
      {check.papers.map((p) => {
        const d = review.pack.papers?.find((x) => x.id === p.document);
        const same = p === claim || p.value === claim.value;
        return (
          <div key={p.document}>
            <dt>
              {t(`kind.${d?.kind ?? "unread"}`)} {d?.number}
            </dt>
            <dd>
              {same ? stated(p.value ?? "") : <Marked value={stated(p.value ?? "")} against={stated(claim.value ?? "")} />}
              {!same && <span className={classes.differs}> {t("review.differs")}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** A value with the part that differs from another in bold. */
function Marked({ value, against }: { value: string; against: string }) {
  let from = 0;
  while (from < value.length && value[from] === against[from]) from++;
  let end = 0;
  while (end < value.length - from && value.at(-1 - end) === against.at(-1 - end)) end++;
  const to = value.length - end;
  return (
    <>
      {value.slice(0, from)}
      <mark className={classes.changed}>{value.slice(from, to)}</mark>
      {value.slice(to)}
    </>
  );
}
