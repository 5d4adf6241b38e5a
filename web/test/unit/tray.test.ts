import { describe, expect, it } from "vitest";
import { type Batch, changed, type Item, isOver, type State } from "../../src/upload/tray";

const item = (id: string, state: Item["state"], batch = "one"): Item => ({
  id,
  batch,
  pack: "pack-1",
  file: new File(["x"], `${id}.xml`),
  state,
  share: 0,
});

const trayOf = (items: Item[], batches: Batch[] = []): State => ({ items, batches });

describe("files on their way", () => {
  it("are changed one at a time", () => {
    const before = trayOf([item("a", "sending"), item("b", "waiting")]);
    const after = changed(before, { kind: "set", id: "a", to: { state: "done", share: 1 } });
    expect(after.items.map((i) => i.state)).toEqual(["done", "waiting"]);
    expect(before.items[0]?.state).toBe("sending");
  });

  it("stay in the list until they are over", () => {
    const left = changed(
      trayOf([item("a", "done"), item("b", "sending"), item("c", "failed"), item("d", "waiting"), item("e", "already")]),
      { kind: "clear" },
    );
    expect(left.items.map((i) => i.id)).toEqual(["b", "d"]);
    expect(left.items.every((i) => !isOver(i))).toBe(true);
  });

  it("stay with those that they were dropped with until all are filed", () => {
    const reading: Batch = { id: "one", from: "/", state: "reading" };
    const left = changed(trayOf([item("a", "done"), item("b", "done", "two")], [reading]), { kind: "clear" });
    expect(left.items.map((i) => i.id)).toEqual(["a"]);
    expect(left.batches).toEqual([reading]);
  });

  it("follow into the trade that their companions went to, when they are sent again", () => {
    const filed: Batch = { id: "one", from: "/", state: "filed", pack: { id: "pack-9", title: "PO-9" } };
    const again = changed(trayOf([item("a", "failed")], [filed]), { kind: "retry", id: "a" });
    expect(again.items[0]).toMatchObject({ state: "waiting", pack: "pack-9" });
    expect(again.batches).toEqual([filed]);
  });

  it("are looked at again together, when one that was missing is sent again", () => {
    const asks: Batch = { id: "one", from: "/", state: "asks" };
    const again = changed(trayOf([item("a", "failed"), item("b", "done")], [asks]), { kind: "retry", id: "a" });
    expect(again.batches[0]?.state).toBe("sending");
  });
});
