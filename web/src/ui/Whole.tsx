import { Fragment } from "react";

const number = /[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+/g;
const longest = 24; // a longer one may not fit on a line of a phone

/** A sentence of which numbers and dates stay whole: a browser ends a line after a hyphen. */
export function Whole({ text }: { text: string }) {
  const found = [...text.matchAll(number)].filter(([word]) => word.length <= longest);
  if (found.length === 0) return text;
  const last = found.at(-1);
  return (
    <>
      {found.map(({ 0: word, index }, n) => {
        const before = found[n - 1];
        return (
          <Fragment key={index}>
            {text.slice(before ? before.index + before[0].length : 0, index)}
            <span style={{ whiteSpace: "nowrap" }}>{word}</span>
          </Fragment>
        );
      })}
      {last && text.slice(last.index + last[0].length)}
    </>
  );
}
