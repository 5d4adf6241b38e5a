import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../../api/client";
import { shows } from "../../live/live";
import { begins } from "../audit/queries";

export type Report = Schemas["Report"];

const pageSize = 100;

/** What the organisation has made, newest first. */
export const reports = infiniteQueryOptions({
  queryKey: ["reports"],
  queryFn: ({ pageParam }) =>
    taken(api.GET("/v1/reports", { params: { query: { offset: pageParam, limit: pageSize } } })),
  initialPageParam: 0,
  getNextPageParam: (page, all) => {
    const here = all.reduce((n, p) => n + p.items.length, 0);
    return here < page.total ? here : undefined;
  },
  meta: shows("report"),
});

/** What can be made here: a list by days, or the list of the financings that are held. */
export const choices = ["documents", "receivables", "financings", "packs", "calendar", "audit", "held"] as const;
export type Choice = (typeof choices)[number];

/** What a person may have made. */
export function choicesOf(actor: Schemas["Actor"], log: boolean): Choice[] {
  const trades: Choice[] = ["supplier", "core_enterprise", "bank"].includes(actor.kind)
    ? ["receivables", "financings", "calendar"]
    : [];
  const held: Choice[] = ["bank", "auditor", "regulator"].includes(actor.kind) ? ["held"] : [];
  return ["documents", "packs", ...trades, ...held, ...(log ? (["audit"] as const) : [])];
}

const given = (entries: [string, string][]) => Object.fromEntries(entries.filter(([, v]) => v !== ""));

/** The query that a period is in the address of a list; its last day is included. */
export function queryOf(choice: Choice, side: string, from: string, until: string): Record<string, string> {
  const instants: [string, string][] = [
    ["since", from && begins(from)],
    ["until", until && begins(until, 1)],
  ];
  switch (choice) {
    case "receivables":
      return given([["side", side], ["sort", "due"], ["due_from", from], ["due_until", until]]);
    case "financings":
      return given([["sort", "due"], ["order", "asc"], ["due_from", from], ["due_to", until]]);
    case "calendar":
      return given([["side", side], ["from", from], ["weeks", "53"]]);
    case "documents":
    case "audit":
      return given(instants);
    default:
      return {};
  }
}
