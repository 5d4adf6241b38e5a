import { describe, expect, it } from "vitest";
import { changed, type Item, isOver } from "../../src/upload/tray";

const item = (id: string, state: Item["state"]): Item => ({
  id,
  pack: "pack-1",
  file: new File(["x"], `${id}.xml`),
  state,
  share: 0,
});

describe("files on their way", () => {
  it("are changed one at a time", () => {
    const before = [item("a", "sending"), item("b", "waiting")];
    const after = changed(before, { kind: "set", id: "a", to: { state: "done", share: 1 } });
    expect(after.map((i) => i.state)).toEqual(["done", "waiting"]);
    expect(before[0]?.state).toBe("sending");
  });

  it("stay in the list until they are over", () => {
    const left = changed(
      [item("a", "done"), item("b", "sending"), item("c", "failed"), item("d", "waiting"), item("e", "already")],
      { kind: "clear" },
    );
    expect(left.map((i) => i.id)).toEqual(["b", "d"]);
    expect(left.every((i) => !isOver(i))).toBe(true);
  });
});
