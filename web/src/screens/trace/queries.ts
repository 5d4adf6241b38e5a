import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../../api/client";
import { shows } from "../../live/live";

export type Trace = Schemas["Trace"];
export type Proof = Schemas["Proof"];
export type ProofLine = Schemas["ProofLine"];

export const trace = (id: string) =>
  queryOptions({
    queryKey: ["trace", id],
    queryFn: () => taken(api.GET("/v1/receivables/{receivable}/trace", { params: { path: { receivable: id } } })),
    meta: shows("receivable", "financing", "document"),
  });

/** Has the node compute all of a trace again. */
export const prove = (id: string) =>
  taken(api.POST("/v1/receivables/{receivable}/proof", { params: { path: { receivable: id } } }));
