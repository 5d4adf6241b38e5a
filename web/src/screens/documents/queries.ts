import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../../api/client";
import { shows } from "../../live/live";

/** How many rows are fetched at a time. */
export const windowSize = 100;

export const states = ["received", "needs_fields", "parsed", "unreadable"] as const;
export const weights = ["fatal", "warning", "none"] as const;
export const kinds = [
  "purchase_order",
  "order_response",
  "invoice",
  "credit_note",
  "debit_note",
  "despatch_advice",
  "receipt_advice",
  "bill_of_lading",
  "warehouse_receipt",
  "packing_list",
  "customs_declaration",
  "payment_advice",
  "other",
  "unread",
] as const;
export const sorts = ["kind", "number", "file", "state", "uploaded"] as const;

/** What a list of papers is narrowed to and sorted by: all of it stands in the address. */
export type PaperSearch = {
  q?: string;
  kind?: string[];
  state?: Schemas["DocumentState"][];
  findings?: (typeof weights)[number];
  organisation?: string[];
  sort?: string;
};

const several = <T extends string>(value: unknown, known?: readonly T[]): T[] | undefined => {
  const list = (Array.isArray(value) ? value : [value]).filter(
    (v): v is T => typeof v === "string" && (!known || known.includes(v as T)),
  );
  return list.length > 0 ? list : undefined;
};

/** Reads an address; what it does not know it leaves out. */
export function paperSearch(search: Record<string, unknown>): PaperSearch {
  const kind = several(search.kind, kinds);
  const state = several(search.state, states);
  const findings = several(search.findings, weights)?.[0];
  const organisation = several(search.organisation);
  const sort = sorts.find((s) => search.sort === s || search.sort === `-${s}`);
  return {
    ...(typeof search.q === "string" && search.q !== "" ? { q: search.q } : {}),
    ...(kind ? { kind } : {}),
    ...(state ? { state } : {}),
    ...(findings ? { findings } : {}),
    ...(organisation ? { organisation } : {}),
    ...(sort ? { sort: search.sort as string } : {}),
  };
}

/** A window of the list, counted from nought. */
export const papers = (search: PaperSearch, index: number) =>
  queryOptions({
    queryKey: ["documents", search, index],
    queryFn: ({ signal }) =>
      taken(
        api.GET("/v1/documents", {
          params: { query: { ...search, offset: index * windowSize, limit: windowSize } },
          signal,
        }),
      ),
    meta: shows("document"),
    placeholderData: keepPreviousData,
  });
