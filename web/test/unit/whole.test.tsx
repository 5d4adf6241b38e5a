import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Whole } from "../../src/ui/Whole";

const shown = (text: string) => renderToStaticMarkup(<Whole text={text} />);
const kept = (word: string) => `<span style="white-space:nowrap">${word}</span>`;
const one = (inner: string) => `<span data-whole="true">${inner}</span>`;

it("keeps numbers and dates of a sentence whole", () => {
  expect(shown("Pay CP-3342 on 2026-12-01.")).toBe(one(`Pay ${kept("CP-3342")} on ${kept("2026-12-01")}.`));
  expect(shown("2026-12-01 到期")).toBe(one(`${kept("2026-12-01")} 到期`));
});

it("leaves words, and what is longer than a line of a phone", () => {
  expect(shown("Rhein-Main GmbH follows up")).toBe("Rhein-Main GmbH follows up");
  expect(shown("INV-0000000000-0000000000-0000 is due")).toBe("INV-0000000000-0000000000-0000 is due");
});
