/* oxlint-disable unicorn/consistent-function-scoping -- what runs within a page brings all that it needs */
// A language that nobody speaks: English with accents, longer by two fifths and in brackets. Where a
// screen breaks in it, it would in German; what stands there without brackets was never translated.
// It exists in the tests only: the browser is given it in place of the file of English words.
import { texts } from "./rig.mjs";

const accents = { a: "á", c: "ç", e: "é", i: "í", n: "ñ", o: "ó", s: "š", u: "ú", y: "ý", z: "ž", A: "Å", C: "Ç", E: "É", I: "Î", N: "Ñ", O: "Ø", S: "Š", U: "Ü", Y: "Ý" };
const vowels = new Set("aeiou");

/** A text in it; what is put into the text later keeps its name. */
function written(text) {
  const said = text
    .split(/(\{\{[^}]*\}\}|\$t\([^)]*\))/)
    .map((part, n) => (n % 2 === 1 ? part : [...part].map((c) => (accents[c] ?? c).repeat(vowels.has(c) ? 2 : 1)).join("")));
  return `⟦${said.join("")}⟧`;
}

const all = (words) =>
  Object.fromEntries(Object.entries(words).map(([key, value]) => [key, typeof value === "string" ? written(value) : all(value)]));

texts.pseudo = all(texts.en);

/** Gives a page this language for English. */
export async function speakPseudo(page) {
  const body = `export default ${JSON.stringify(texts.pseudo)};`;
  await page.route(/\/assets\/en-[^/]*\.js$/, (route) => route.fulfill({ contentType: "text/javascript", body }));
}

/** Keeps what the server says: names, numbers and sentences that are not the portal's own. */
export function hears(page) {
  const said = new Set();
  const keep = (value) => {
    if (typeof value === "string") said.add(value);
    else if (value && typeof value === "object") Object.values(value).forEach(keep);
  };
  const waiting = new Set();
  page.on("response", (answer) => {
    if (!answer.url().includes("/v1/") || !(answer.headers()["content-type"] ?? "").includes("json")) return;
    const read = answer.json().then(keep, () => {}); // one that was let go has no body
    waiting.add(read);
    void read.finally(() => waiting.delete(read));
  });
  return async () => {
    await Promise.all(waiting);
    return [...said].filter((s) => /[A-Za-z]{2}/.test(s)).toSorted((a, b) => b.length - a.length);
  };
}

/** Texts of a page that are neither in this language nor said by the server. */
export function untranslated(page, known) {
  return page.evaluate((said) => {
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const around = node.parentElement;
      // A sentence whose numbers are kept whole is one text.
      let text = (around.closest("[data-whole]") ?? node).textContent.trim();
      if (!/[A-Za-z]{2}/.test(text) || text.includes("⟦") || !around.checkVisibility()) continue;
      if (around.closest("script, style, pre, code, kbd, textarea, [translate=no], [lang]:not(html), .textLayer")) continue;
      for (const value of said) text = text.replaceAll(value, "");
      text = text.replace(/\b[0-9a-f]{4,}…[0-9a-f]{4,}\b/g, ""); // a digest, the middle left out
      if (/[A-Za-z]{2}/.test(text)) found.add(node.textContent.trim().slice(0, 100));
    }
    return [...found];
  }, known);
}

/** Texts that are cut off, with no other place where they could be read. */
export function clipped(page) {
  return page.evaluate(() => {
    const cut = (e) => {
      const { overflowX, overflowY } = getComputedStyle(e);
      if (e.clientWidth <= 1 || e.clientHeight <= 1) return false; // only read out
      if (/hidden|clip/.test(overflowX) && e.scrollWidth > e.clientWidth + 1) return true;
      return /hidden|clip/.test(overflowY) && e.scrollHeight > e.clientHeight + 3;
    };
    return [...document.body.querySelectorAll("*")]
      .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim()))
      .filter((e) => cut(e) && !e.closest("[title], [aria-label], .textLayer, pre, textarea"))
      .map((e) => `${e.tagName.toLowerCase()}.${e.className}: ${e.textContent.trim().slice(0, 60)}`);
  });
}
