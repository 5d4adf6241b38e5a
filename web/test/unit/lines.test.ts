import { describe, expect, it } from "vitest";
import { lineAt, linesOf, piecesOf, rangeOf } from "../../src/source/lines";

const encoder = new TextEncoder();
const bytesOf = (text: string) => encoder.encode(text);

describe("lines of an original", () => {
  const originals = [
    "",
    "one line",
    "<a>\r\n  <b>宁波蓝桥</b>\n</a>\n",
    `<r>${"<value>1480.00</value>".repeat(400)}</r>`,
    `{"items":[${'{"name":"阀门","pieces":240},'.repeat(300)}null]}`,
    "宁".repeat(5000),
    "\n\n\n",
  ];

  it.each(originals)("are all the bytes, once, in order (%#)", (text) => {
    const bytes = bytesOf(text);
    const lines = linesOf(bytes);
    expect(lines.at(0)?.start ?? 0).toBe(0);
    expect(lines.at(-1)?.end ?? 0).toBe(bytes.length);
    for (let i = 1; i < lines.length; i++) expect(lines[i]?.start).toBe(lines[i - 1]?.end);
    // No character is cut in two.
    expect(lines.map((l) => l.text).join("")).not.toContain("\uFFFD");
  });

  it("count the lines of the file, however many of the screen one takes", () => {
    const lines = linesOf(bytesOf(`<a>${"<b/>".repeat(300)}</a>\n<c/>`));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.at(-1)?.number).toBe(2);
  });

  it("find the line of a byte", () => {
    const bytes = bytesOf("first\nsecond 宁\nthird");
    const lines = linesOf(bytes);
    for (let at = 0; at < bytes.length; at++) {
      const line = lines[lineAt(lines, at)];
      expect(line && line.start <= at && at < line.end).toBe(true);
    }
  });
});

describe("marks", () => {
  const text = '<a>\n  <名 x="1">价值 1290.00</名>\n</a>';
  const bytes = bytesOf(text);
  const offset = bytesOf(text.slice(0, text.indexOf("1290.00"))).length;

  it("cover the characters that the bytes are, after characters of several bytes", () => {
    const marks = [{ start: offset, end: offset + 7 }];
    const marked = linesOf(bytes)
      .flatMap((line) => piecesOf(bytes, line, marks))
      .filter((piece) => piece.marks.length > 0)
      .map((piece) => piece.text);
    expect(marked).toEqual(["1290.00"]);
  });

  it("take the start tag where only its place is known", () => {
    const tag = bytesOf(text.slice(0, text.indexOf("<名"))).length;
    const { start, end } = rangeOf(bytes, tag, 0);
    expect(new TextDecoder().decode(bytes.subarray(start, end))).toBe('<名 x="1">');
  });

  it("leave a line without marks whole", () => {
    const line = linesOf(bytes)[0];
    expect(line && piecesOf(bytes, line, [{ start: offset, end: offset + 7 }])).toEqual([
      { start: 0, text: "<a>", marks: [] },
    ]);
  });
});
