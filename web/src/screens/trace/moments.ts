import type { Schemas } from "../../api/client";
import type { Trace } from "./queries";

/** A moment of a trace: a step on the ledger, or what happened off it. */
export type Moment =
  | { at: string; key: string; step: Schemas["TraceEvent"] }
  | { at: string; key: string; note: Schemas["TraceNote"] };

/** All moments in the order of time; what happened at one instant stays in the order of the ledger. */
export function moments(of: Trace): Moment[] {
  const steps: Moment[] = of.events.map((step) => ({ at: step.step.at, key: `${step.asset}/${step.step.version}`, step }));
  const notes: Moment[] = of.notes.map((note, n) => ({ at: note.at, key: `note-${n}`, note }));
  return [...notes, ...steps].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** How the lines of one check came out: fail before unknown, unknown before pass. */
export function outcomeOf(lines: readonly { outcome: "pass" | "fail" | "unknown" }[]): "pass" | "fail" | "unknown" {
  if (lines.length === 0 || lines.some((l) => l.outcome === "fail")) return lines.length === 0 ? "unknown" : "fail";
  return lines.some((l) => l.outcome === "unknown") ? "unknown" : "pass";
}

/** A thing of the graph and what it hangs on. */
export type Node = { id: string; kind: "party" | "document" | "receivable" | "financing"; column: number; row: number };
export type Edge = { from: string; to: string; word: "brought" | "rests" | "owes" | "claims" | "owns" | "finances" | "lends" };

/**
 * The graph of a trace: who brought which paper, which the receivable rests on, whose it is, and
 * what is lent on it. Columns go from left to right, each filled from the top.
 */
export function graph(of: Trace): { nodes: Node[]; edges: Edge[] } {
  const nodes: Node[] = [];
  const filled = [0, 0, 0, 0, 0];
  const add = (id: string, kind: Node["kind"], column: number) => {
    if (nodes.some((n) => n.id === id)) return;
    nodes.push({ id, kind, column, row: filled[column] ?? 0 });
    filled[column] = (filled[column] ?? 0) + 1;
  };
  const edges: Edge[] = [];
  const r = of.receivable;
  for (const p of of.papers) {
    if (p.organisation) {
      add(p.organisation, "party", 0);
      edges.push({ from: p.organisation, to: p.id, word: "brought" });
    }
    add(p.id, "document", 1);
    edges.push({ from: p.id, to: r.id, word: "rests" });
  }
  add(r.id, "receivable", 2);
  for (const [party, word] of [
    [r.seller, "claims"],
    [r.obligor, "owes"],
  ] as const) {
    add(party, "party", 0);
    edges.push({ from: party, to: r.id, word });
  }
  for (const f of of.financings) {
    add(f.id, "financing", 3);
    edges.push({ from: f.id, to: r.id, word: "finances" });
    add(f.bank, "party", 4);
    edges.push({ from: f.bank, to: f.id, word: "lends" });
  }
  if (r.owner !== r.seller) {
    add(r.owner, "party", 4);
    edges.push({ from: r.owner, to: r.id, word: "owns" });
  }
  return { nodes, edges };
}
