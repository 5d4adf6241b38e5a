import { describe, expect, it } from "vitest";
import { target } from "../../src/screens/search/queries";
import { graph, moments, outcomeOf } from "../../src/screens/trace/moments";
import type { Trace } from "../../src/screens/trace/queries";

const step = (asset: string, version: number, at: string) => ({ kind: "receivable", asset, step: { version, at }, block_hash: "" });
const of = {
  receivable: { id: "rcv-1", seller: "A", obligor: "B", owner: "C" },
  papers: [
    { id: "doc-1", organisation: "A", shown: true, recorded: true },
    { id: "doc-2", shown: false, recorded: false },
  ],
  financings: [{ id: "fin-1", seller: "A", bank: "C", phase: "DISBURSED" }],
  events: [step("rcv-1", 1, "2026-11-02T10:00:00Z"), step("rcv-1", 2, "2026-11-02T10:00:00Z")],
  notes: [
    { what: "verified", at: "2026-11-03T10:00:00Z" },
    { what: "uploaded", at: "2026-11-01T10:00:00Z" },
  ],
} as unknown as Trace;

describe("a trace", () => {
  it("is told in the order of time, and of the ledger within one instant", () => {
    expect(moments(of).map((m) => m.key)).toEqual(["note-1", "rcv-1/1", "rcv-1/2", "note-0"]);
  });

  it("is drawn with each thing once and no line to what is not there", () => {
    const { nodes, edges } = graph(of);
    const ids = nodes.map((n) => n.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const e of edges) expect(ids).toEqual(expect.arrayContaining([e.from, e.to]));
    expect(edges).toContainEqual({ from: "C", to: "rcv-1", word: "owns" });
    expect(edges.filter((e) => e.to === "doc-2")).toEqual([]);
  });
});

describe("a proof", () => {
  it("passes only when everything did, and nothing is no pass", () => {
    expect(outcomeOf([])).toBe("unknown");
    expect(outcomeOf([{ outcome: "pass" }, { outcome: "unknown" }])).toBe("unknown");
    expect(outcomeOf([{ outcome: "unknown" }, { outcome: "fail" }])).toBe("fail");
    expect(outcomeOf([{ outcome: "pass" }])).toBe("pass");
  });
});

describe("what is found", () => {
  it("leads where the reader works with it", () => {
    const hit = { id: "fin-1", title: "", receivable: "rcv-1" };
    expect(target("financing", hit, "bank")?.to).toBe("/review/$id");
    expect(target("financing", hit, "supplier")?.to).toBe("/financings/$id");
    expect(target("financing", hit, "auditor")).toEqual({ to: "/trace/$id", params: { id: "rcv-1" } });
    expect(target("transaction", { id: "ab", title: "org.A", act: "organisation.register" }, "auditor")).toBeUndefined();
  });
});
