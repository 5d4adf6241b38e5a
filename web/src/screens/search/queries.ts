import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { LinkProps } from "@tanstack/react-router";
import { api, type Schemas, taken } from "../../api/client";

export type Hit = Schemas["SearchHit"];
export type HitKind = Schemas["HitKind"];

/** The shortest text that is looked for. */
export const shortest = 2;

/** What a text finds; the answer before it stays on the screen meanwhile. */
export const found = (text: string) =>
  queryOptions({
    queryKey: ["search", text],
    queryFn: ({ signal }) => taken(api.GET("/v1/search", { params: { query: { q: text } }, signal })),
    enabled: text.length >= shortest,
    placeholderData: keepPreviousData,
  });

/** Where a hit leads. */
export type Target = {
  to: NonNullable<LinkProps["to"]>;
  params?: Record<string, string>;
  search?: Record<string, unknown>;
};

export const traceOf = (receivable: string): Target => ({ to: "/trace/$id", params: { id: receivable } });

/** The screen on which a hit is looked at; none for a transaction about what has no screen. */
export function target(kind: HitKind, hit: Hit, actor: Schemas["OrgKind"]): Target | undefined {
  switch (kind) {
    case "receivable":
      return traceOf(hit.id);
    case "financing":
      if (actor === "bank") return { to: "/review/$id", params: { id: hit.id } };
      if (actor === "supplier") return { to: "/financings/$id", params: { id: hit.id } };
      return hit.receivable ? traceOf(hit.receivable) : undefined;
    case "pack":
      return { to: "/packs/$id", params: { id: hit.id } };
    case "document":
      return { to: "/documents/$id", params: { id: hit.id } };
    case "transaction":
      if (hit.receivable) return traceOf(hit.receivable);
      return hit.act?.startsWith("document.") ? { to: "/documents/$id", params: { id: hit.title } } : undefined;
    case "party":
      return { to: "/documents", search: { organisation: [hit.id] } };
  }
}

/** Whether a hit leads elsewhere than to the trace that it belongs to. */
export const hasTrace = (kind: HitKind, hit: Hit, actor: Schemas["OrgKind"]): boolean =>
  hit.receivable !== undefined && target(kind, hit, actor)?.to !== "/trace/$id";
