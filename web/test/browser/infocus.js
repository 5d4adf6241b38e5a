// What runs within a page that is worked by keys alone: each element that comes into focus is looked
// at, and what is wrong with it is told to the run, as is every touch of a pointer (window.keysTold).
const least = 3; // contrast of a mark of focus (WCAG 2.2, 1.4.11 and 2.4.7)
const patience = 20; // frames, a third of a second: as many on a machine that draws them slowly
const known = new Set();

const tell = (kind, element, more = "") => {
  const name = (element.getAttribute("aria-label") ?? element.innerText ?? "").trim().slice(0, 40);
  const what = `${kind}: ${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""} "${name}" on ${location.pathname}${more}`;
  if (known.has(what)) return;
  known.add(what);
  void window.keysTold(what);
};

/** Red, green, blue and opacity of a computed colour, each from 0 to 1. */
const parts = (colour) => {
  const [r = 0, g = 0, b = 0, a = 1] = (colour.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  return colour.startsWith("rgb") ? [r / 255, g / 255, b / 255, a] : [r, g, b, a];
};

const light = (colour) => {
  const [r, g, b] = colour.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const over = (front, back) => {
  const a = front[3];
  return [0, 1, 2].map((i) => front[i] * a + back[i] * (1 - a));
};

const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

/** The colour of the ground that an element lies on. */
const ground = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const colour = parts(getComputedStyle(at).backgroundColor);
    if (colour[3] > 0) layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reduceRight((back, front) => over(front, back), [1, 1, 1]);
};

/** How much a mark of focus differs from what it lies on; 0 without one. */
const marked = ([element, part]) => {
  const style = getComputedStyle(element, part);
  const around = ground(element.parentElement ?? element);
  const width = Number.parseFloat(style.outlineWidth);
  if (style.outlineStyle !== "none" && width >= 1) {
    // Within the element it lies on the element, outside on what is around.
    const on = Number.parseFloat(style.outlineOffset) < 0 ? ground(element) : around;
    return contrast(over(parts(style.outlineColor), on), on);
  }
  // A box that one types into may show it by its line.
  const line = Number.parseFloat(style.borderBottomWidth);
  if (line < 1 || !element.matches(":focus-within:not(a, button, summary)")) return 0;
  return contrast(over(parts(style.borderBottomColor), around), around);
};

/** Whatever shows the focus of an element: itself, its whole row, or what stands for an input that is not drawn. */
const showing = (element) =>
  [[element], [element, "::after"], [element.nextElementSibling], [element.parentElement], [element.labels?.[0]]].filter(([e]) => e);

/** The part of a box that no container cuts off. */
const uncut = (element, box) => {
  let { left, top, right, bottom } = box;
  for (let at = element.parentElement; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.position === "fixed") break;
    if (style.overflow === "visible") continue;
    const around = at.getBoundingClientRect();
    [left, top] = [Math.max(left, around.left), Math.max(top, around.top)];
    [right, bottom] = [Math.min(right, around.right), Math.min(bottom, around.bottom)];
  }
  return { left: Math.max(left, 0), top: Math.max(top, 0), right: Math.min(right, innerWidth), bottom: Math.min(bottom, innerHeight) };
};

/** What keeps an element from being seen: too little of it in view, or what lies over it. */
const hidden = (element) => {
  const box = [...element.getClientRects()].find((r) => r.width > 1 && r.height > 1);
  if (!box) return ""; // not drawn: what stands for it is looked at
  const seen = uncut(element, box);
  const [width, height] = [seen.right - seen.left, seen.bottom - seen.top];
  if (width < Math.min(24, box.width / 2) || height < Math.min(24, box.height / 2)) return `${Math.round(width)} by ${Math.round(height)} px of it`;
  const [x, y] = [seen.left + width / 2, seen.top + height / 2];
  const spots = [[x, y], [seen.left + 2, y], [seen.right - 2, y], [x, seen.top + 2], [x, seen.bottom - 2]];
  const label = element.labels?.[0];
  const above = spots
    .map(([left, top]) => document.elementFromPoint(left, top))
    .find((hit) => hit && !(element.contains(hit) || hit.contains(element) || label?.contains(hit) || hit.parentElement === element.parentElement));
  return above ? `under ${above.tagName.toLowerCase()}.${above.className}` : "";
};

const look = (element) => {
  if (document.activeElement !== element || element.tabIndex < 0 || !element.checkVisibility({ opacityProperty: false })) return;
  const why = hidden(element);
  if (why) tell("not in view", element, `: ${why}`);
  const most = Math.max(...showing(element).map(marked));
  if (most < least) tell(`focus shows with ${most.toFixed(1)}:1`, element);
};

const frame = () => new Promise((then) => requestAnimationFrame(then));
window.addEventListener("focusin", async ({ target }) => {
  await frame();
  await frame();
  // What is still on its way into the screen is looked at when it is there.
  const moving = document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity);
  await Promise.all(moving.map((a) => a.finished.catch(() => {})));
  // What came from elsewhere may move it once more, and the page brings it back into view.
  for (let n = 0; n < patience && hidden(target); n++) await frame();
  look(target);
});
window.addEventListener("pointerdown", (e) => e.isTrusted && tell("a pointer", e.target), true);
