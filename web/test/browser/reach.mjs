/* oxlint-disable unicorn/consistent-function-scoping -- what runs within a page brings all that it needs */
// What can be pressed on a screen, by its size and by whether one comes to it.
import { hold } from "./rig.mjs";

const controls = "a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=menuitem]";

/** Holds that targets are at least 24 by 24 px, or far enough from each other (WCAG 2.2, 2.5.8). */
export async function bigEnough(page, name) {
  const small = await page.evaluate((what) => {
    const least = 24;
    /** The box that takes a press: of a label, or of the row that a link covers, where there is one. */
    const target = (e) => {
      const boxes = [e, ...(e.labels ?? [])].map((x) => x.getBoundingClientRect());
      if (getComputedStyle(e, "::after").position === "absolute" && e.offsetParent) boxes.push(e.offsetParent.getBoundingClientRect());
      const [left, top] = [Math.min(...boxes.map((b) => b.left)), Math.min(...boxes.map((b) => b.top))];
      const [right, bottom] = [Math.max(...boxes.map((b) => b.right)), Math.max(...boxes.map((b) => b.bottom))];
      return { left, top, right, bottom, width: right - left, height: bottom - top, x: (left + right) / 2, y: (top + bottom) / 2 };
    };
    const inSentence = (e) =>
      e.matches("a") &&
      getComputedStyle(e).display === "inline" &&
      [...e.parentElement.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim().length > 3);
    const top = document.querySelector("[role=dialog]") ?? document; // which takes all presses
    const all = [...top.querySelectorAll(what)]
      .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[aria-hidden=true], .textLayer"))
      .map((e) => ({ e, box: target(e) }))
      .filter(({ box }) => box.width > 1 && box.height > 1);
    const tooSmall = (box) => box.width < least - 0.5 || box.height < least - 0.5;
    /** How far a point lies from a box. */
    const away = (x, y, b) => Math.hypot(Math.max(b.left - x, 0, x - b.right), Math.max(b.top - y, 0, y - b.bottom));
    const crowded = ({ e, box }) =>
      all.some((o) => {
        if (o.e === e || e.contains(o.e) || o.e.contains(e)) return false;
        if (tooSmall(o.box)) return Math.hypot(box.x - o.box.x, box.y - o.box.y) < least;
        return away(box.x, box.y, o.box) < least / 2 && getComputedStyle(o.e, "::after").position !== "absolute";
      });
    return all
      .filter((c) => tooSmall(c.box) && !inSentence(c.e) && crowded(c))
      .map(({ e, box }) => `${e.tagName.toLowerCase()} ${Math.round(box.width)}×${Math.round(box.height)} "${(e.getAttribute("aria-label") ?? e.innerText ?? "").trim().slice(0, 40)}"`);
  }, controls);
  hold(`${name}: targets are big enough`, small.length === 0, small.slice(0, 10).join("\n  "));
}

/** Holds that one comes to the title and to everything that can be pressed, as far as the screen scrolls. */
export async function reachable(page, name) {
  const lost = await page.evaluate(async (what) => {
    const out = [];
    const top = document.querySelector("[role=dialog]") ?? document;
    const all = [...top.querySelectorAll(`h1, h2, ${what}`)].filter(
      (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest("[aria-hidden=true], .textLayer"),
    );
    for (const e of all) {
      const width = e.getBoundingClientRect().width;
      if (width <= 1 || e.matches('[href="#main"]')) continue; // only read out, or there when it has the focus
      e.scrollIntoView({ block: "center", inline: "center" });
      const box = e.getBoundingClientRect();
      const [x, y] = [Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1), Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1)];
      const hit = document.elementFromPoint(x, y);
      const there = hit && (e.contains(hit) || hit.contains(e) || [...(e.labels ?? [])].some((l) => l.contains(hit)) || hit.closest("[data-index], tr")?.contains(e));
      const within = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
      if (!there || !within) {
        const over = hit ? `${hit.tagName.toLowerCase()}.${hit.className}` : "nothing";
        out.push(`${e.tagName.toLowerCase()} "${(e.getAttribute("aria-label") ?? e.innerText ?? "").trim().slice(0, 40)}" under ${over}`);
      }
    }
    return out;
  }, controls);
  hold(`${name}: everything can be reached`, lost.length === 0, lost.slice(0, 10).join("\n  "));
}
