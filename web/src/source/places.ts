import type { Finding } from "../api/client";
import { rangeOf } from "./lines";
import type { Mark } from "./SourceView";

// A place in an original that something is said of: a finding, a check, a fact. Its path names the
// page, or the file within a PDF; offset and length are of its bytes.

export type Place = {
  /** Of what is said, for choosing it. */
  id: number;
  severity: Mark["severity"];
  title: string;
  path?: string | undefined;
  offset?: number | undefined;
  length?: number | undefined;
};

/** The page that a place names. */
export function pageOf(path: string | undefined): number | undefined {
  const match = /^page (\d+)/.exec(path ?? "");
  return match ? Number(match[1]) : undefined;
}

/** The name of the file inside a PDF that a place is in, "" for the PDF itself. */
export const partOf = (path: string | undefined) => /^([^/:]+):/.exec(path ?? "")?.[1] ?? "";

/** The places that have bytes in a part of an original, as marks on its lines. */
export function marksIn(bytes: Uint8Array, places: readonly Place[], part = ""): Mark[] {
  return places.flatMap(({ id, severity, title, path, offset, length }) =>
    (offset === undefined && length === undefined) || partOf(path) !== part
      ? []
      : [{ id, severity, title, ...rangeOf(bytes, offset ?? 0, length ?? 0) }],
  );
}

/** Where the findings of a paper are in it; each is chosen by its number in the list. */
export const findingPlaces = (findings: readonly Finding[]): Place[] =>
  findings.map((f, id) => ({ id, severity: f.severity, title: f.message, path: f.path, offset: f.offset, length: f.length }));
