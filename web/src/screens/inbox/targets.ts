import type { LinkProps } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import type { Item } from "./queries";

/** Where a thing that waits is dealt with. */
export type Target = { to: NonNullable<LinkProps["to"]>; params?: Record<string, string> };

/**
 * The screen on which an item is dealt with; none for what is signed in the list itself. New
 * screens are named here and nowhere else.
 */
export function target(item: Item, kind: Schemas["OrgKind"]): Target | undefined {
  if (item.kind === "financing" && kind === "bank") return { to: "/review/$id", params: { id: item.subject } };
  switch (item.kind) {
    case "document":
      return {
        to: item.next === "type_fields" && !item.counterparty ? "/documents/$id/fields" : "/documents/$id",
        params: { id: item.subject },
      };
    case "receivable":
      return { to: "/payables/$id", params: { id: item.subject } };
    case "financing":
      return { to: "/financings/$id", params: { id: item.subject } };
    case "paper_request":
      return item.next === "deliver" && item.pack ? { to: "/packs/$id", params: { id: item.pack } } : { to: "/requests" };
    case "statement":
      return { to: "/statements/$id", params: { id: item.subject } };
    case "organisation":
      return { to: "/settings/requests" }; // where the code of a key is compared before signing
    case "programme":
    case "keyring":
      return undefined;
  }
}

/** Where a first step is taken. */
export function stepTarget(step: "key" | "programme" | "pack" | "document"): Target | undefined {
  switch (step) {
    case "key":
    case "programme":
      return undefined;
    case "pack":
      return { to: "/packs" };
    case "document":
      return { to: "/upload" };
  }
}
