import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { shows } from "../live/live";
import { api, Problem, taken } from "./client";

const pageSize = 100;

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: () => taken(api.GET("/v1/session")),
  staleTime: 60_000,
  retry: false,
});

export const organisations = queryOptions({
  queryKey: ["organisations"],
  queryFn: () => taken(api.GET("/v1/organisations")),
  staleTime: 300_000,
});

/** A paper, in the words of a language: findings are told in it. */
export const paper = (id: string, language: string) =>
  queryOptions({
    queryKey: ["document", id, language],
    queryFn: () => taken(api.GET("/v1/documents/{document}", { params: { path: { document: id } } })),
  });

export type Original = { bytes: Uint8Array<ArrayBuffer>; media: string };

export const original = (id: string) =>
  queryOptions({
    queryKey: ["original", id],
    queryFn: async ({ signal }): Promise<Original> => {
      const answer = await fetch(`/v1/documents/${encodeURIComponent(id)}/original`, { signal });
      if (!answer.ok) throw new Problem(await answer.json().catch(() => ({})), answer.status);
      const media = answer.headers.get("Content-Type")?.split(";")[0]?.trim() ?? "";
      return { bytes: new Uint8Array(await answer.arrayBuffer()), media };
    },
    staleTime: "static", // originals never change: nothing that is told has one fetched again
    gcTime: 20_000,
  });

export const packs = queryOptions({
  queryKey: ["packs"],
  queryFn: () => taken(api.GET("/v1/packs", { params: { query: { limit: pageSize } } })),
  meta: shows("pack"),
});

/** All trades, page by page, newest first. */
export const packPages = infiniteQueryOptions({
  queryKey: ["packs", "pages"],
  queryFn: ({ pageParam }) =>
    taken(api.GET("/v1/packs", { params: { query: { limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: "",
  getNextPageParam: (page) => page.next,
  meta: shows("pack"),
});

export const pack = (id: string, language: string) =>
  queryOptions({
    queryKey: ["pack", id, language],
    queryFn: () => taken(api.GET("/v1/packs/{pack}", { params: { path: { pack: id } } })),
  });

/** The saved views of a list. */
export const views = (screen: string) =>
  queryOptions({
    queryKey: ["views", screen],
    queryFn: () => taken(api.GET("/v1/views", { params: { query: { screen } } })),
  });
