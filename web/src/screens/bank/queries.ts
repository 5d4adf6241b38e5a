import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Actor, api, type Schemas, taken } from "../../api/client";

export type Financing = Schemas["Financing"];
export type Review = Schemas["Review"];
export type Exposure = Schemas["Exposure"];
export type Stage = Schemas["Stage"];

/** The stages of a case of which the cash was paid out, and may have come back. */
export const paidOut: ReadonlySet<Review["financing"]["stage"]> = new Set(["financed", "overdue", "settled"]);

/** How a list of financings is narrowed and ordered; it is the search of its address. */
export type Filter = {
  stage?: Stage[];
  seller?: string;
  obligor?: string;
  programme?: string;
  currency?: string;
  sort?: "requested" | "moved" | "due" | "amount";
  order?: "asc" | "desc";
};

/** What came to nothing. */
export const ended: Stage[] = ["refused_by_rule", "refused", "declined", "lapsed"];

/** What is on its way, in the order of the stages, and what came to nothing. */
export const onTheWay: Stage[] = [
  "requested",
  "submitted",
  "returned",
  "quoted",
  "accepting",
  "accepted",
  "checking",
  "approved",
  "paying",
  ...ended,
];

/** What is out, or was. */
export const lent: Stage[] = ["financed", "overdue", "settled"];

/** The stages that a list shows where its address names none of them. */
export function staged(filter: Filter, stages: Stage[]): Filter {
  const chosen = filter.stage?.filter((s) => stages.includes(s)) ?? [];
  return { ...filter, stage: chosen.length > 0 ? chosen : stages };
}

const pageSize = 100;

export const financings = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ["financings", filter],
    queryFn: ({ pageParam }) =>
      taken(
        api.GET("/v1/financings", {
          params: { query: { ...filter, limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    refetchInterval: 15_000,
  });

/** The order of a list as one word: "-due" has the latest day first. */
export function sortOf(filter: Filter): string {
  return `${filter.order === "asc" ? "" : "-"}${filter.sort ?? "requested"}`;
}

export function orderOf(by: string): Filter {
  return { sort: by.replace("-", "") as NonNullable<Filter["sort"]>, order: by.startsWith("-") ? "desc" : "asc" };
}

/** What is a maker's turn and what another person's. */
const makerTurns: Stage[] = ["submitted", "accepting", "accepted", "approved"];
const checkerTurns: Stage[] = ["checking", "paying"];

export function turns(actor: Actor): Stage[] {
  return [
    ...(actor.roles.includes("maker") ? makerTurns : []),
    ...(actor.roles.includes("checker") || actor.roles.includes("approver") ? checkerTurns : []),
  ];
}

/** The cases that wait for a person, the one that waits longest first. */
export const queue = (actor: Actor) =>
  queryOptions({
    queryKey: ["financings", "queue", actor.user],
    queryFn: async () => {
      const stage = turns(actor);
      if (stage.length === 0) return [];
      const page = await taken(
        api.GET("/v1/financings", { params: { query: { stage, sort: "requested", order: "asc", limit: pageSize } } }),
      );
      return page.items.map((f) => f.id);
    },
    refetchInterval: 15_000,
  });

/** All that a decision needs, in the words of a language. */
export const review = (id: string, language: string) =>
  queryOptions({
    queryKey: ["review", id, language],
    queryFn: () => taken(api.GET("/v1/financings/{financing}/review", { params: { path: { financing: id } } })),
    refetchInterval: 10_000,
  });

export const exposures = (financing?: string) =>
  queryOptions({
    queryKey: ["exposures", financing ?? ""],
    queryFn: () =>
      taken(api.GET("/v1/exposures", { params: { query: financing ? { with: financing } : {} } })),
    refetchInterval: 30_000,
  });
