import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, Problem, type Schemas, taken } from "../../api/client";
import { Cancelled, type Signed, useSigning } from "../../signing/signing";
import type { Quote } from "./Price";
import type { Review } from "./queries";

export type Decision = Review["decisions"][number];
export type ReasonCode = Schemas["ReasonCode"];

export type Choice = {
  decision: Decision;
  quote: Quote;
  code: ReasonCode | "";
  note: string;
  consequence: string;
  counterparty: string;
};

/** Somebody else's act came first: nothing was done. */
export function isStale(error: unknown): boolean {
  return error instanceof Problem && error.status === 409;
}

/** A refusal among the outcomes, which the dialog has told already. */
class Stopped extends Problem {}

const header = (version: number | undefined) => ({
  "Idempotency-Key": window.crypto.randomUUID(),
  ...(version ? { "If-Match": `"${version}"` } : {}),
});

/** Prepares what a decision needs; what waits for the signature already is taken as it is. */
async function prepared(review: Review, c: Choice): Promise<Schemas["Intent"][]> {
  const { id, version, number } = review.financing;
  const params = { path: { financing: id }, header: header(version) };
  if (c.decision.intents.length > 0) {
    return review.waiting
      .filter((i) => c.decision.intents.includes(i.id))
      .sort((a, b) => c.decision.intents.indexOf(a.id) - c.decision.intents.indexOf(b.id));
  }
  switch (c.decision.act) {
    case "quote":
      return [await taken(api.POST("/v1/financings/{financing}/quote", { params, body: c.quote }))];
    case "approve": {
      const body = { account: review.accounts[0] ?? "" };
      return (await taken(api.POST("/v1/financings/{financing}/approval", { params, body }))).intents;
    }
    case "disburse": {
      const body = { reference: number || id };
      return [await taken(api.POST("/v1/financings/{financing}/disbursement", { params, body }))];
    }
    case "repay":
      return [await taken(api.POST("/v1/financings/{financing}/repayment", { params, body: {} }))];
    case "reject": {
      const body = { ...(c.code ? { code: c.code } : {}), ...(c.note ? { reason: c.note } : {}) };
      return [await taken(api.POST("/v1/financings/{financing}/refusal", { params, body }))];
    }
    default:
      return [];
  }
}

async function withdraw(intents: Schemas["Intent"][]): Promise<void> {
  for (const i of intents) {
    await api.POST("/v1/intents/{intent}/withdrawal", {
      params: { path: { intent: i.id }, header: { "Idempotency-Key": window.crypto.randomUUID() } },
    });
  }
}

/**
 * Carries a decision out: prepares it, has the person sign it, and says whether it was done. What
 * was prepared for a signature that the person did not give is withdrawn.
 */
export function useDecide(review: Review, onDone: (act: Decision["act"]) => void) {
  const { t } = useTranslation();
  const { sign } = useSigning();
  const client = useQueryClient();
  const again = () =>
    Promise.all(
      ["review", "financings", "exposures", "inbox"].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
  return useMutation({
    mutationFn: async (c: Choice): Promise<boolean> => {
      const act = c.decision.act;
      if (act === "return_maker" || act === "return_seller") {
        await taken(
          api.POST("/v1/financings/{financing}/return", {
            params: { path: { financing: review.financing.id }, header: header(review.financing.version) },
            body: {
              to: act === "return_maker" ? "maker" : "seller",
              code: c.code || "other",
              ...(c.note ? { note: c.note } : {}),
            },
          }),
        );
        return true;
      }
      const intents = await prepared(review, c);
      const applied = c.decision.consequences.find((x) => x.code === "applied")?.amount;
      const amount = applied ?? (act === "disburse" || act === "quote" ? review.offer?.terms?.cash : review.financing.amount);
      let outcomes: Signed[];
      try {
        outcomes = await sign({
          title: t(`review.sign.${act}`, { number: review.financing.number || review.financing.title || "" }),
          ...(amount ? { amount } : {}),
          counterparty: c.counterparty,
          consequence: c.consequence,
          intents,
          together: true,
        });
      } catch (error) {
        if (!(error instanceof Cancelled)) throw error;
        if (c.decision.intents.length === 0) await withdraw(intents);
        return false;
      }
      const refused = outcomes.find((o) => o.problem)?.problem;
      if (refused) throw new Stopped(refused, refused.status);
      return outcomes.every((o) => !["refused", "withdrawn", "expired"].includes(o.signed?.state ?? ""));
    },
    onSuccess: async (done, c) => {
      await again();
      if (done) onDone(c.decision.act);
    },
    onError: () => void again(),
  });
}
