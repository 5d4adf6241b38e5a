import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../../api/client";
import { shows } from "../../live/live";

export type Payable = Schemas["Receivable"];
export type Intent = Schemas["Intent"];
export type Side = "obligor" | "seller" | "owner" | "assigned";
export type Tab = "confirm" | "confirmed" | "disputed" | "settled" | "closed";
export type Sort = "due" | "-due" | "amount" | "-amount" | "number" | "-number" | "moved" | "-moved";

/** What a list of receivables is narrowed to; it stands in the address. */
export type Filter = {
  tab: Tab;
  side?: Side | undefined;
  counterparty?: string | undefined;
  currency?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
  search?: string | undefined;
  sort?: Sort | undefined;
};

type Phase = Schemas["Phase"];

export const tabs: Record<Tab, Phase[]> = {
  confirm: ["ISSUED"],
  confirmed: ["OPEN", "MATURED", "OVERDUE"],
  disputed: ["OPEN", "MATURED", "OVERDUE"],
  settled: ["SETTLED"],
  closed: ["REJECTED", "WITHDRAWN"],
};

const sorts = ["due", "-due", "amount", "-amount", "number", "-number", "moved", "-moved"] as const;
const sides = ["obligor", "seller", "owner", "assigned"] as const;

const one = <T extends string>(value: unknown, of: readonly T[]): T | undefined => of.find((v) => v === value);
const text = (value: unknown, shape = /^.{1,64}$/): string | undefined =>
  (typeof value === "string" || typeof value === "number") && shape.test(String(value)) ? String(value) : undefined;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** The filter of an address; what is not understood is left out. */
export function filterOf(search: Record<string, unknown>): Partial<Filter> {
  const found = {
    tab: one(search.tab, Object.keys(tabs) as Tab[]),
    side: one(search.side, sides),
    counterparty: text(search.counterparty, /^[A-Za-z0-9._-]{1,64}$/),
    currency: text(search.currency, /^[A-Z]{3}$/),
    from: text(search.from, day),
    until: text(search.until, day),
    search: text(search.search),
    sort: one(search.sort, sorts),
  };
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v !== undefined));
}

const pageSize = 200;

/** What of a filter changes what its receivables come to: neither their order nor the tab. */
const summed = (f: Filter) => ({
  side: f.side ?? ("obligor" as const),
  ...(f.counterparty ? { counterparty: f.counterparty } : {}),
  ...(f.currency ? { currency: f.currency } : {}),
  ...(f.from ? { due_from: f.from } : {}),
  ...(f.until ? { due_until: f.until } : {}),
  ...(f.search ? { search: f.search } : {}),
});

/** The query that a filter is in the address of the API. */
export const asked = (f: Filter) => ({
  ...summed(f),
  phase: tabs[f.tab],
  sort: f.sort ?? ("due" as const),
  ...(f.tab === "disputed" ? { disputed: true } : {}),
});

export const payables = (f: Filter) =>
  infiniteQueryOptions({
    queryKey: ["receivables", f],
    queryFn: ({ pageParam }) =>
      taken(
        api.GET("/v1/receivables", {
          params: {
            query: { ...asked(f), limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    meta: shows("receivable", "intent"),
  });

/** What the receivables of a filter come to, in every phase. */
export const receivableSums = (f: Filter) =>
  queryOptions({
    queryKey: ["receivables", "sums", summed(f)],
    queryFn: async () => (await taken(api.GET("/v1/receivable-sums", { params: { query: summed(f) } }))).sums,
    meta: shows("receivable"),
  });

export const payable = (id: string) =>
  queryOptions({
    queryKey: ["receivables", "one", id],
    queryFn: () => taken(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: id } } })),
    meta: shows("receivable", "intent"),
  });

export const payableLists = queryOptions({
  queryKey: ["receivables", "lists"],
  queryFn: () => taken(api.GET("/v1/payable-lists", { params: { query: { limit: 10 } } })),
});

export const payableList = (id: string, language: string) =>
  queryOptions({
    queryKey: ["receivables", "list", id, language],
    queryFn: () => taken(api.GET("/v1/payable-lists/{list}", { params: { path: { list: id } } })),
    meta: shows("receivable", "intent"),
  });

export const calendar = (side: Side, from: string, weeks: number) =>
  queryOptions({
    queryKey: ["receivables", "calendar", side, from, weeks],
    queryFn: () => taken(api.GET("/v1/calendar", { params: { query: { side, from, weeks } } })),
    meta: shows("receivable"),
  });

/** The part of an organisation that its lists begin with. */
export function ownSide(actor: Schemas["Actor"]): Side {
  if (actor.kind === "core_enterprise") return "obligor";
  return actor.kind === "bank" ? "owner" : "seller";
}

/** What the list of an address shows to a person: its part and its first tab where the address names none. */
export function filterFor(search: Partial<Filter>, actor: Schemas["Actor"]): Filter {
  const side = search.side ?? ownSide(actor);
  return { ...search, side, tab: search.tab ?? (side === "obligor" ? "confirm" : "confirmed") };
}

/** Whether a person could sign an intent now: a duty is open that fits, and they have not signed. */
export function canSign(i: Intent, actor: Schemas["Actor"]): boolean {
  if (i.state !== "open" || i.duties.some((d) => d.by?.person === actor.person && d.by.organisation === actor.organisation)) {
    return false;
  }
  return i.duties.some(
    (d) =>
      !d.fulfilled &&
      d.organisations.includes(actor.organisation) &&
      d.roles.some((role) => actor.roles.includes(role)),
  );
}

export const confirming = (p: { pending?: Intent[] }) => p.pending?.find((i) => i.act === "receivable.confirm");

export type Args = {
  amount?: Schemas["Amount"];
  diluted?: Schemas["Amount"];
  reason?: string;
  account?: string;
  promise?: Schemas["Promise"];
  waives_defences?: boolean;
  source?: string;
};

/** What a command says, from the very text that is signed. */
export function argsOf(i: Intent): Args {
  return (JSON.parse(i.command) as { args: Args }).args;
}

export const newKey = () => ({ "Idempotency-Key": window.crypto.randomUUID() });
