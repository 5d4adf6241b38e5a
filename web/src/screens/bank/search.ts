import type { Filter, Stage } from "./queries";

// What the addresses of a bank's screens say besides their path. What is not understood is left out.

type Search = Record<string, unknown>;

const text = (v: unknown) => (typeof v === "string" && v !== "" ? v : undefined);

const oneOf = <T extends string>(v: unknown, ...of: readonly T[]) => of.find((x) => x === v);

function stated<T extends object>(search: T): T {
  return Object.fromEntries(Object.entries(search).filter(([, v]) => v !== undefined)) as T;
}

export function financingSearch(s: Search): Filter {
  const stage = (Array.isArray(s.stage) ? s.stage : [s.stage]).filter((v): v is Stage => typeof v === "string");
  return stated({
    ...(stage.length > 0 ? { stage } : {}),
    seller: text(s.seller),
    obligor: text(s.obligor),
    programme: text(s.programme),
    currency: text(s.currency),
    sort: oneOf(s.sort, "requested", "moved", "due", "amount"),
    order: oneOf(s.order, "asc", "desc"),
  }) as Filter;
}

export type ExposureSearch = {
  by?: "obligor" | "seller" | "programme" | "currency";
  with?: string;
  table?: boolean;
};

export function exposureSearch(s: Search): ExposureSearch {
  return stated({
    by: oneOf(s.by, "obligor", "seller", "programme", "currency"),
    with: text(s.with),
    table: s.table === true ? true : undefined,
  }) as ExposureSearch;
}

export type ReviewSearch = { check?: number; paper?: string };

export function reviewSearch(s: Search): ReviewSearch {
  return stated({
    check: typeof s.check === "number" && Number.isInteger(s.check) && s.check >= 0 ? s.check : undefined,
    paper: text(s.paper),
  }) as ReviewSearch;
}
