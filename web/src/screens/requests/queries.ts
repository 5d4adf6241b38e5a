import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../../api/client";
import type { Actor } from "../../api/client";
import { shows } from "../../live/live";

export type PaperRequest = Schemas["PaperRequest"];
export type State = PaperRequest["state"];

export const states = ["open", "declined", "delivered", "settled", "withdrawn"] as const satisfies readonly State[];

const pageSize = 100;

/** What the organisation asked others for and was asked, of one state or of all. */
export const requests = (state?: State) =>
  infiniteQueryOptions({
    queryKey: ["paper-requests", state ?? ""],
    queryFn: ({ pageParam }) =>
      taken(
        api.GET("/v1/paper-requests", {
          params: { query: { limit: pageSize, ...(state ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    meta: shows("paper_request"),
  });

/** The requests of one pack. */
export const packRequests = (pack: string) =>
  queryOptions({
    queryKey: ["paper-requests", "pack", pack],
    queryFn: () => taken(api.GET("/v1/paper-requests", { params: { query: { pack, limit: pageSize } } })),
    meta: shows("paper_request"),
  });

/** Whether a person may ask for papers: everybody but who only administers. */
export const mayAsk = (actor: Actor) => actor.roles.some((r) => r !== "admin");

/** Whether a person may answer a request to the own organisation. */
export const mayAnswer = (actor: Actor) => actor.roles.includes("maker") || actor.roles.includes("operator");

export const newKey = () => ({ "Idempotency-Key": window.crypto.randomUUID() });
