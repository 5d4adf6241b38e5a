import { MantineProvider } from "@mantine/core";
import i18next from "i18next";
import { act, type ReactElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { initReactI18next } from "react-i18next";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import en from "../../src/i18n/en";
import { KeysProvider } from "../../src/ui/keys";
import { hiddenIn } from "../../src/ui/layout";
import { type Column, List, tracks } from "../../src/ui/List";

type Row = { id: string; name: string };

const columns: Column<Row>[] = [
  { id: "name", title: "Name", width: 100, grow: 1, sort: "name", cell: (r) => <a href={`/${r.id}`} data-open>{r.name}</a> },
  { id: "plain", title: "Plain", width: 50, hidden: true, cell: () => "x" },
];
const rowAt = (index: number): Row => ({ id: `r${index}`, name: `Row ${index}` });

const roots: Root[] = [];
const height = 600;

beforeAll(async () => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  // Nothing is laid out here: each element is as large as a screen says.
  for (const side of ["offsetHeight", "offsetWidth", "clientHeight"] as const) {
    vi.spyOn(HTMLElement.prototype, side, "get").mockReturnValue(height);
  }
  await i18next.use(initReactI18next).init({ lng: "en", resources: { en: { translation: en } } });
});

function leave() {
  act(() => roots.splice(0).forEach((root) => root.unmount()));
  document.body.replaceChildren();
}

afterEach(leave);
afterAll(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(document, "elementsFromPoint"); // it has none of its own
});

function show(list: ReactElement) {
  const place = document.body.appendChild(document.createElement("div"));
  const root = createRoot(place);
  roots.push(root);
  act(() => root.render(<MantineProvider><KeysProvider>{list}</KeysProvider></MantineProvider>));
  return place;
}

function press(key: string) {
  const target = document.activeElement ?? document.body;
  act(() => void target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
}

const usual = { label: "Rows", columns, idOf: (r: Row) => r.id };
const focused = () => document.activeElement?.closest<HTMLElement>("[data-index]")?.dataset.index;

describe("a list", () => {
  it("puts the rows on the screen into the page, however many there are", () => {
    const seen = vi.fn();
    const place = show(<List {...usual} total={50_000} row={rowAt} onSee={seen} />);
    const rows = place.querySelectorAll("[data-index]");
    expect(rows.length).toBeGreaterThan(height / 36);
    expect(rows.length).toBeLessThan(60);
    expect(place.querySelector("[role=table]")?.getAttribute("aria-rowcount")).toBe("50001");
    expect(seen.mock.lastCall?.[0]).toBe(0);
    expect(seen.mock.lastCall?.[1]).toBeGreaterThan(10);
  });

  it("says of rows that are on their way that they are", () => {
    const place = show(<List {...usual} total={3} row={(i) => (i === 1 ? undefined : rowAt(i))} />);
    const told = [...place.querySelectorAll("[data-index]")].map((r) => r.textContent);
    expect(told[1]).toBe(en.common && (en.common as { loading: string }).loading);
    expect(told[2]).toContain("Row 2");
  });

  it("moves the focus by j and k and stops at its ends", () => {
    show(<List {...usual} total={3} row={rowAt} />);
    press("j");
    expect(focused()).toBe("0");
    for (let i = 0; i < 5; i++) press("j");
    expect(focused()).toBe("2");
    press("k");
    expect(focused()).toBe("1");
  });

  it("looks into the row with the focus by Space, and the look follows", () => {
    const onShow = vi.fn();
    show(<List {...usual} total={3} row={rowAt} preview={{ shown: "r0", onShow }} />);
    press("j");
    press(" ");
    expect(onShow).toHaveBeenLastCalledWith(undefined);
    press("j");
    expect(onShow).toHaveBeenLastCalledWith("r1");
  });

  it("picks by Space only rows that an act is open for", () => {
    const onToggle = vi.fn();
    const choice = {
      chosen: new Set(["r0"]),
      open: (r: Row) => r.id !== "r1",
      onToggle,
      onAll: vi.fn(),
      of: { all: 2, picked: 1 },
      labels: { all: "All", row: (r: Row) => r.name },
    };
    const place = show(<List {...usual} total={3} row={rowAt} choice={choice} />);
    const boxes = [...place.querySelectorAll<HTMLInputElement>("[data-index] input")];
    expect(boxes.map((b) => [b.checked, b.disabled])).toEqual([[true, false], [false, true], [false, false]]);
    expect(place.querySelector<HTMLInputElement>("input[aria-label=All]")?.indeterminate).toBe(true);
    press("j");
    press("j");
    press(" ");
    expect(onToggle).not.toHaveBeenCalled();
    press("j");
    press(" ");
    expect(onToggle).toHaveBeenCalledWith(rowAt(2));
  });

  it("asks for the other way round when it is sorted so already", () => {
    const onSort = vi.fn();
    const place = show(<List {...usual} total={1} row={rowAt} sorting={{ by: "name", onSort }} />);
    const title = place.querySelector("[role=columnheader]");
    expect(title?.getAttribute("aria-sort")).toBe("ascending");
    act(() => title?.querySelector("button")?.click());
    expect(onSort).toHaveBeenCalledWith("-name");
  });

  it("says what a cell holds that is cut off under the pointer", () => {
    const place = show(<List {...usual} total={1} row={rowAt} />);
    const row = place.querySelector<HTMLElement>("[data-index]");
    const cell = row?.querySelector("[data-column=name]");
    document.elementsFromPoint = () => (cell?.firstElementChild ? [cell.firstElementChild, cell] : []);
    const hover = () => act(() => void row?.dispatchEvent(new MouseEvent("mousemove", { bubbles: true })));
    for (const [width, title] of [[200, "Row 0"], [100, ""]] as const) {
      for (const [side, value] of [["scrollWidth", width], ["clientWidth", 100]] as const) {
        Object.defineProperty(cell, side, { configurable: true, value });
      }
      hover();
      expect(row?.title).toBe(title);
    }
  });

  it("asks for more before its end is reached, once at a time", () => {
    const onMore = vi.fn();
    show(<List {...usual} total={50} row={rowAt} more={{ there: true, busy: false, onMore }} />);
    expect(onMore).toHaveBeenCalledTimes(1);
    leave();
    onMore.mockClear();
    show(<List {...usual} total={50} row={rowAt} more={{ there: true, busy: true, onMore }} />);
    leave();
    show(<List {...usual} total={500} row={rowAt} more={{ there: true, busy: false, onMore }} />);
    expect(onMore).not.toHaveBeenCalled();
  });
});

describe("the columns of a list", () => {
  it("take their widths, and a place for the box", () => {
    expect(tracks(columns, true)).toEqual({ template: "24px minmax(100px, 1fr) 50px", width: 16 + 40 + 116 + 66 });
  });

  it("are hidden as the list has it until a person chooses", () => {
    expect([...hiddenIn(null, columns)]).toEqual(["plain"]);
    expect([...hiddenIn("[]", columns)]).toEqual([]);
    expect([...hiddenIn('["name"]', columns)]).toEqual(["name"]);
    expect([...hiddenIn("{broken", columns)]).toEqual(["plain"]);
  });
});
