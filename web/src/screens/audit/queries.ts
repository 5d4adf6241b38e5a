import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../../api/client";
import { isDay } from "../../ui/Day";

export type Entry = Schemas["AuditEntry"];

export const windowSize = 100;

/** What the log is narrowed to: all of it stands in the address. */
export type AuditSearch = {
  source?: "ledger" | "node";
  act?: string[];
  organisation?: string;
  person?: string;
  object?: string;
  q?: string;
  since?: string; // days of the reader
  until?: string; // the day itself included
};

const id = /^[A-Za-z0-9._-]{1,64}$/;

const text = (v: unknown, shape: RegExp) => (typeof v === "string" && shape.test(v) ? v : undefined);
const aDay = (v: unknown) => (typeof v === "string" && isDay(v) ? v : undefined);

/** Reads an address; what it does not know it leaves out. */
export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const act = (Array.isArray(search.act) ? search.act : [search.act]).filter(
    (v): v is string => typeof v === "string" && id.test(v),
  );
  const organisation = text(search.organisation, id);
  const found = {
    source: (["ledger", "node"] as const).find((s) => s === search.source),
    act: act.length > 0 ? act : undefined,
    organisation,
    person: organisation ? text(search.person, id) : undefined,
    object: text(search.object, id),
    q: text(search.q, /^.{1,200}$/),
    since: aDay(search.since),
    until: aDay(search.until),
  };
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v !== undefined)) as AuditSearch;
}

/** The moment at which a day of the reader begins. */
export const begins = (day: string, later = 0) => {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
};

/** The query of the same in the address of the API. */
export function asked({ since, until, ...rest }: AuditSearch) {
  return {
    ...rest,
    ...(since ? { since: begins(since) } : {}),
    ...(until ? { until: begins(until, 1) } : {}),
  };
}

/** A window of the log, counted from nought. */
export const entries = (search: AuditSearch, index: number) =>
  queryOptions({
    queryKey: ["audit", search, index],
    queryFn: ({ signal }) =>
      taken(
        api.GET("/v1/audit", {
          params: { query: { ...asked(search), offset: index * windowSize, limit: windowSize } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** Whether a person may read the log, as the server has it. */
export function mayRead(actor: Schemas["Actor"]): boolean {
  return (
    ["auditor", "regulator", "operator"].includes(actor.kind) ||
    actor.roles.some((r) => r === "admin" || r === "approver")
  );
}
