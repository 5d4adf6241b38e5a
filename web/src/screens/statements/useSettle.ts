import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, Problem, type Schemas, taken } from "../../api/client";
import { useNames } from "../../api/names";
import { me } from "../../api/queries";
import { language } from "../../i18n";
import { Cancelled, useSigning } from "../../signing/signing";
import { amount } from "../../ui/format";
import { totals } from "../../ui/sum";
import { minus } from "../payables/amounts";
import { type Amount, fitOf, type Line, newKey, type Statement } from "./queries";

type Intent = Schemas["Intent"];

/** What became of one line of many. */
export type Settled = { line: Line; intent?: Intent | undefined; problem?: Error | Schemas["Problem"] | Schemas["Fault"] | undefined };

/** A line and the receivable that it pays. */
export type Payment = { line: Line; match: NonNullable<Line["match"]> };

const written = (a: Amount) => `${amount(a.amount, a.currency)} ${a.currency}`;

/**
 * Prepares the payments of lines and has them signed with one gesture. Who brought a bank's
 * statement only prepares them: another person signs. One that is refused stops no other.
 */
export function useSettle(s: Statement) {
  const { t } = useTranslation();
  const { sign } = useSigning();
  const client = useQueryClient();
  const nameOf = useNames();
  const { data: actor } = useSuspenseQuery(me);
  const proposes = s.own && actor.kind === "bank";

  /** What is signed, in words: what each payment ends, and what is left. */
  const about = (list: Payment[]) => {
    const [only] = list;
    const names = [...new Set(list.map((p) => nameOf(p.match.obligor)))];
    const sums = totals(list.map((p) => p.line.amount));
    const financed = list.some((p) => p.match.financing) ? t("statements.sign.financing") : "";
    const one = list.length === 1 && only;
    const how = one ? fitOf(one.line.amount, one.match.due) : "full";
    const what = one
      ? t(`statements.sign.${how}`, {
          number: one.match.number,
          left: written(minus(one.match.due, one.line.amount)),
          rest: written(minus(one.line.amount, one.match.due)),
        })
      : t("statements.sign.all");
    return {
      title: one ? t("statements.sign.one", { number: one.match.number }) : t("statements.sign.many", { count: list.length }),
      ...(sums.length === 1 && sums[0] ? { amount: one && how === "over" ? one.match.due : sums[0] } : {}),
      counterparty: names.slice(0, 3).join(t("payables.and")),
      // Chinese sentences follow each other without a space.
      consequence: [what, financed, t("statements.sign.final")].filter(Boolean).join(language() === "zh-CN" ? "" : " "),
      together: true,
    };
  };

  const settle = useMutation({
    mutationFn: async (list: Payment[]): Promise<Settled[]> => {
      const prepared = new Map<string, Intent[]>();
      const outcomes: Settled[] = [];
      for (const { line, match } of list) {
        try {
          const open = line.state === "prepared" ? (line.pending ?? []) : [];
          const answer =
            open.length > 0
              ? { intents: open }
              : await taken(
                  api.POST("/v1/statement-lines/{line}/application", {
                    params: { path: { line: line.id }, header: newKey() },
                    body: { receivable: match.receivable },
                  }),
                );
          prepared.set(line.id, answer.intents);
          outcomes.push({ line, intent: answer.intents[0] });
        } catch (error) {
          if (!(error instanceof Problem) || list.length === 1) throw error;
          outcomes.push({ line, problem: error });
        }
      }
      const intents = [...prepared.values()].flat();
      if (proposes || intents.length === 0) return outcomes;
      const done = await sign({ ...about(list.filter((p) => prepared.has(p.line.id))), intents });
      for (const o of outcomes) {
        for (const intent of prepared.get(o.line.id) ?? []) {
          const became = done.find((d) => d.intent === intent.id);
          if (became?.signed && intent.id === o.intent?.id) o.intent = became.signed;
          o.problem ??= became?.problem ?? became?.signed?.fault;
        }
      }
      return outcomes;
    },
    onSettled: () =>
      Promise.all(["statements", "receivables", "financings", "inbox"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return { settle, proposes };
}

export const wasCancelled = (error: unknown) => error instanceof Cancelled;
