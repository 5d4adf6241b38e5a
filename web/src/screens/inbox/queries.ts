import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../../api/client";
import { shows } from "../../live/live";

export type Item = Schemas["InboxItem"];

/** What waits, on the person and on others. */
export const inbox = queryOptions({
  queryKey: ["inbox"],
  queryFn: () => taken(api.GET("/v1/inbox")),
  meta: shows("document", "intent", "receivable", "financing", "organisation", "paper_request", "statement"),
});

/** Figures and first steps. */
export const home = queryOptions({
  queryKey: ["home"],
  queryFn: () => taken(api.GET("/v1/home")),
  meta: shows("document", "pack", "receivable", "financing", "programme", "organisation"),
});
