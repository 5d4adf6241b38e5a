import { queryOptions } from "@tanstack/react-query";
import { api, Problem, type Schemas, taken } from "../../api/client";

export type Financing = Schemas["Financing"];
export type Estimate = Schemas["Estimate"];

const pageSize = 200;

/** What was asked for, newest first. */
export const financings = queryOptions({
  queryKey: ["financings"],
  queryFn: () => taken(api.GET("/v1/financings", { params: { query: { limit: pageSize } } })),
  refetchInterval: 10_000,
});

export const financing = (id: string, language: string) =>
  queryOptions({
    queryKey: ["financing", id, language],
    queryFn: () => taken(api.GET("/v1/financings/{financing}", { params: { path: { financing: id } } })),
    refetchInterval: 5_000,
  });

/** The receivable behind a case; null while it is not on the ledger. */
export const receivable = (id: string) =>
  queryOptions({
    queryKey: ["receivable", id],
    queryFn: async () => {
      try {
        return await taken(api.GET("/v1/receivables/{receivable}", { params: { path: { receivable: id } } }));
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
    enabled: id !== "",
    refetchInterval: 5_000,
  });

export const programmes = queryOptions({
  queryKey: ["programmes"],
  queryFn: () => taken(api.GET("/v1/programmes", { params: { query: { limit: pageSize } } })),
});

/** What financing may come to; a wish changes it while the last answer stays on the screen. */
export const estimate = (pack: string, programme: string, advance?: Schemas["Amount"]) =>
  queryOptions({
    queryKey: ["estimate", pack, programme, advance?.amount ?? ""],
    queryFn: () => taken(api.POST("/v1/estimates", { body: { pack, programme, ...(advance ? { advance } : {}) } })),
    staleTime: 30_000,
  });
