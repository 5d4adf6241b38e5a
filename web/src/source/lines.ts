// The text of an original as lines that know the bytes they stand for. Findings name places in
// bytes; the screen shows characters.

export type Line = {
  /** Offset of the first byte. */
  start: number;
  end: number;
  text: string;
  /** Line of the file, from 1; several lines of the screen may show one long line of it. */
  number: number;
};

export type Range = { start: number; end: number };

const newline = 0x0a;
const greater = 0x3e;
const less = 0x3c;
const comma = 0x2c;

/** A line of the file longer than this is shown as several. */
const longLine = 240;
/** No line of the screen is longer, whatever stands in it. */
const longestLine = 2_000;
export const maxLines = 100_000;

const decoder = new TextDecoder("utf-8");

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Where a long line may be cut after `from`: between two elements, after a comma, or anywhere. */
function cutAfter(bytes: Uint8Array, from: number, end: number): number {
  const furthest = Math.min(from + longestLine, end);
  for (let at = from; at < furthest; at++) {
    if (bytes[at] === greater && bytes[at + 1] === less) return at + 1;
    if (bytes[at] === comma && at - from > longLine / 2) return at + 1;
  }
  let at = furthest;
  while (at < end && isContinuation(bytes[at])) at++;
  return at;
}

/** Cuts bytes into lines for the screen; together they are all the bytes up to maxLines. */
export function linesOf(bytes: Uint8Array): Line[] {
  const lines: Line[] = [];
  let number = 1;
  for (let start = 0; start < bytes.length && lines.length < maxLines; number++) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found + 1;
    while (start < end && lines.length < maxLines) {
      const stop = end - start > longLine ? cutAfter(bytes, start + 1, end) : end;
      const text = decoder.decode(bytes.subarray(start, stop)).replace(/\r?\n$/, "");
      lines.push({ start, end: stop, text, number });
      start = stop;
    }
  }
  return lines;
}

const longestTag = 400;

/** The bytes that a finding points to: the value, or the whole start tag where only that is known. */
export function rangeOf(bytes: Uint8Array, offset: number, length: number): Range {
  if (length > 0) return { start: offset, end: offset + length };
  if (bytes[offset] !== less) return { start: offset, end: Math.min(offset + 1, bytes.length) };
  const close = bytes.subarray(offset, offset + longestTag).indexOf(greater);
  return { start: offset, end: close < 0 ? offset + 1 : offset + close + 1 };
}

/** The index of the line that holds a byte. */
export function lineAt(lines: Line[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A part of a line that the same marks cover; start is its first byte. */
export type Piece<Mark> = { start: number; text: string; marks: Mark[] };

/** Cuts a line where marks begin and end. */
export function piecesOf<Mark extends Range>(bytes: Uint8Array, line: Line, marks: Mark[]): Piece<Mark>[] {
  const touching = marks.filter((m) => m.start < line.end && m.end > line.start);
  if (touching.length === 0) return [{ start: line.start, text: line.text, marks: [] }];
  const cuts = new Set([line.start, line.end]);
  for (const m of touching) {
    cuts.add(Math.max(m.start, line.start));
    cuts.add(Math.min(m.end, line.end));
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  const pieces: Piece<Mark>[] = [];
  for (let i = 0; i + 1 < sorted.length; i++) {
    const start = sorted[i] ?? 0;
    const end = sorted[i + 1] ?? 0;
    pieces.push({
      start,
      text: decoder.decode(bytes.subarray(start, end)).replace(/\r?\n$/, ""),
      marks: touching.filter((m) => m.start < end && m.end > start),
    });
  }
  return pieces;
}
