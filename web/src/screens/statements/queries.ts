import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Actor, api, Problem, type Schemas, taken } from "../../api/client";
import { language } from "../../i18n";
import { shows } from "../../live/live";

export type Statement = Schemas["Statement"];
export type Line = Schemas["Line"];
export type LineState = Schemas["LineState"];
export type Amount = Schemas["Amount"];

export const lineStates = ["waiting", "prepared", "underway", "recorded", "set_aside", "debit"] as const satisfies readonly LineState[];

/** What a list of lines is narrowed to; it stands in the address. */
export type LineSearch = { state?: LineState };

export const lineSearch = (search: Record<string, unknown>): LineSearch => {
  const state = lineStates.find((s) => s === search.state);
  return state ? { state } : {};
};

const pageSize = 100;

export const statements = infiniteQueryOptions({
  queryKey: ["statements"],
  queryFn: ({ pageParam }) =>
    taken(api.GET("/v1/statements", { params: { query: { limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: "",
  getNextPageParam: (last) => last.next || undefined,
  meta: shows("statement", "intent"),
});

export const statement = (id: string) =>
  queryOptions({
    queryKey: ["statements", "one", id],
    queryFn: () => taken(api.GET("/v1/statements/{statement}", { params: { path: { statement: id } } })),
    meta: shows("statement", "intent"),
  });

export const lines = (id: string, state: LineState | undefined, spoken: string) =>
  infiniteQueryOptions({
    queryKey: ["statements", "lines", id, state ?? "", spoken],
    queryFn: ({ pageParam }) =>
      taken(
        api.GET("/v1/statement-lines", {
          params: {
            query: { statement: id, limit: pageSize, ...(state ? { state: [state] } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    meta: shows("statement", "intent", "receivable"),
  });

/** The lines of the organisation's own statements that pay a receivable. */
export const linesPaying = (receivable: string) =>
  queryOptions({
    queryKey: ["statements", "paying", receivable],
    queryFn: () => taken(api.GET("/v1/statement-lines", { params: { query: { receivable, state: ["recorded"], limit: pageSize } } })),
    enabled: receivable !== "",
    meta: shows("statement", "receivable"),
  });

/** Open receivables that a line may pay: owned, in its currency, payable to its account. */
export const payableBy = (line: Line, search: string) =>
  queryOptions({
    queryKey: ["receivables", "by-line", line.id, search],
    queryFn: async () => {
      const { items } = await taken(
        api.GET("/v1/receivables", {
          params: {
            query: {
              side: "owner",
              phase: ["OPEN", "MATURED", "OVERDUE"],
              currency: line.amount.currency,
              sort: "due",
              limit: pageSize,
              ...(search ? { search } : {}),
            },
          },
        }),
      );
      return items.filter((r) => r.pay_to === line.account);
    },
  });

/** Sends a file as it is: the server reads it. It answers whether it had the same file before. */
export async function send(file: File): Promise<{ statement: Statement; again: boolean }> {
  const answer = await fetch("/v1/statements", {
    method: "POST",
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      "Idempotency-Key": window.crypto.randomUUID(),
      "Accept-Language": language(),
    },
    body: file,
  });
  const said: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(said as Partial<Schemas["Problem"]>, answer.status);
  return { statement: said as Statement, again: answer.status === 200 };
}

export const newKey = () => ({ "Idempotency-Key": window.crypto.randomUUID() });

/** Whether a person brings statements, and whether one decides what their lines pay. */
export const mayBring = (actor: Actor) => actor.roles.includes("maker");
export const maySettle = (actor: Actor) => actor.roles.includes("maker") || actor.roles.includes("checker");

/** How many lines of a statement are in a state. */
export const counted = (s: Statement, state: LineState) =>
  s.counts.filter((c) => c.state === state).reduce((n, c) => n + c.lines, 0);

/** How a credit stands to what is due: all of it, a part, or more. */
export type Fit = "full" | "part" | "over";

export function fitOf(credit: Amount, due: Amount): Fit {
  const [paid, wanted] = [minor(credit), minor(due)];
  return paid === wanted ? "full" : paid < wanted ? "part" : "over";
}

/** How a line stands to the receivable that is proposed for it. */
export const fit = (line: Line): Fit | undefined =>
  line.match && !line.unmatched ? fitOf(line.amount, line.match.due) : undefined;

const places = 4;

/** An amount in ten-thousandths, to compare two of one currency. */
function minor(a: Amount): bigint {
  const [whole = "0", rest = ""] = a.amount.split(".");
  return BigInt(whole + rest.padEnd(places, "0"));
}
