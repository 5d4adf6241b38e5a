import { Fragment } from "react";

const joined = /[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+/g;
const longest = 24; // a longer one may not fit on a line of a phone

/**
 * A sentence of which numbers and dates stay whole: a browser ends a line after a hyphen. It is one
 * element (data-whole), so that it stays one text where it is laid out and where it is searched.
 */
export function Whole({ text }: { text: string }) {
  const numbers = [...text.matchAll(joined)].filter(([word]) => /\d/.test(word) && word.length <= longest);
  if (numbers.length === 0) return text;
  const ends = numbers.map((m) => m.index + m[0].length);
  return (
    <span data-whole>
      {numbers.map((m, n) => (
        <Fragment key={m.index}>
          {text.slice(ends[n - 1] ?? 0, m.index)}
          <span style={{ whiteSpace: "nowrap" }}>{m[0]}</span>
        </Fragment>
      ))}
      {text.slice(ends.at(-1))}
    </span>
  );
}
