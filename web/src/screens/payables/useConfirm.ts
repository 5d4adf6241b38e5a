import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { organisations } from "../../api/queries";
import { Cancelled, useSigning } from "../../signing/signing";
import { amount, shortDigest } from "../../ui/format";
import { totals } from "../../ui/sum";
import { argsOf, confirming, type Intent, newKey, type Payable } from "./queries";

type Problem = Schemas["Problem"];
type Prepared = Schemas["PreparedList"]["items"];

/** What became of one payable of many. */
export type Outcome = {
  id: string;
  number: string;
  amount: Schemas["Amount"];
  intent?: Intent | undefined;
  problem?: Problem | Schemas["Fault"] | undefined;
};

export function useNames(): (id: string) => string {
  const { i18n } = useTranslation();
  const { data } = useSuspenseQuery(organisations);
  return (id) => {
    const o = data.items.find((p) => p.id === id);
    return (i18n.language === "zh-CN" && o?.name_local) || o?.name || id;
  };
}

/** The sums of amounts in words: "1,200.00 CNY", one for each currency. */
export function useSumText(): (amounts: Schemas["Amount"][]) => string {
  const { t } = useTranslation();
  return (list) =>
    totals(list)
      .map((s) => `${amount(s.amount, s.currency)} ${s.currency}`)
      .join(t("payables.and"));
}

/**
 * Confirms payables with one gesture: what waits for a signature is signed, for the others the
 * server prepares commands first. One that is refused stops no other.
 */
export function useConfirm() {
  const { t } = useTranslation();
  const { sign } = useSigning();
  const client = useQueryClient();
  const nameOf = useNames();
  const sumText = useSumText();

  return useMutation({
    mutationFn: async (ask: { list: Payable[]; promise: Schemas["Promise"]; from?: string }): Promise<Outcome[]> => {
      const words = {
        promise: ask.promise,
        waives_defences: false,
        consents_to_split: false,
        text: t(`payables.wording.${ask.promise}`),
      };
      const prepared = await prepare(ask.list, words, ask.from);
      const outcomes = ask.list.map((p): Outcome => {
        const found = prepared.find((i) => i.receivable === p.id);
        return { id: p.id, number: p.number, amount: p.face, intent: found?.intent ?? confirming(p), problem: found?.problem };
      });
      const intents = outcomes.flatMap((o) => (o.intent && !o.problem ? [o.intent] : []));
      if (intents.length === 0) return outcomes;
      const about = ask.list.filter((p) => outcomes.some((o) => o.id === p.id && o.intent && !o.problem));
      const count = about.length;
      const only = count === 1 ? about[0] : undefined;
      const sums = totals(about.map((p) => p.face));
      const suppliers = [...new Set(about.map((p) => p.seller))];
      const args = intents.map(argsOf);
      const files = [...new Set(args.flatMap((a) => (a.source ? [shortDigest(a.source)] : [])))];
      const promises = [...new Set(args.flatMap((a) => (a.promise ? [a.promise] : [])))];
      const done = await sign({
        // One alone is named, as it is signed; many have their sum.
        title: only ? t("payables.act.confirmOne", { number: only.number }) : t("payables.act.confirm", { count: intents.length }),
        ...(sums.length === 1 && sums[0] ? { amount: sums[0] } : {}),
        counterparty:
          suppliers.length <= 3
            ? suppliers.map(nameOf).join(t("payables.and"))
            : t("payables.suppliers", { count: suppliers.length }),
        consequence: [
          sums.length > 1 ? t("payables.total", { sum: sumText(about.map((p) => p.face)) }) : "",
          ...promises.map((p) => t(`payables.consequence.${p}`, { count })),
          args.some((a) => a.waives_defences) ? t("payables.consequence.waives", { count }) : "",
          files.length > 0 ? t("payables.consequence.source", { count, digest: files.join(t("payables.and")) }) : "",
        ]
          .filter(Boolean)
          .join(" "),
        intents,
      });
      for (const o of outcomes) {
        const outcome = done.find((d) => d.intent === o.intent?.id);
        if (!outcome) continue;
        o.intent = outcome.signed ?? o.intent;
        o.problem = outcome.problem ?? outcome.signed?.fault;
      }
      return outcomes;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["receivables"] }),
  });
}

export const wasCancelled = (error: unknown) => error instanceof Cancelled;

async function prepare(
  list: Payable[],
  words: Schemas["Promised"],
  from?: string,
): Promise<Prepared> {
  const params = { header: newKey() };
  if (from) {
    const answer = api.POST("/v1/payable-lists/{list}/confirmation", {
      body: words,
      params: { ...params, path: { list: from } },
    });
    return (await taken(answer)).items;
  }
  const fresh = list.filter((p) => !confirming(p)).map((p) => p.id);
  if (fresh.length === 0) return [];
  const answer = api.POST("/v1/confirmations", { body: { ...words, receivables: fresh }, params });
  return (await taken(answer)).items;
}
