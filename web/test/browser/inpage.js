// What runs within the page that is measured: each act tells, frame by frame, when its effect was
// there. It stands in the page before anything else (addInitScript).
const patience = 30_000;

const list = () => document.querySelector("[data-testid=list]");
const opens = () => list().querySelector("[data-index='0'] [data-open]") && list().scrollTop === 0; // at the top
const total = () => document.querySelector("[data-testid=total]").textContent;
const title = (word) => [...document.querySelectorAll("[role=columnheader]")].find((h) => h.querySelector("button")?.textContent === word);

/** Which page of which PDF stands on the canvas. */
const ink = () => document.querySelector("[data-testid=pdf-page][data-painted]")?.dataset.painted ?? "";

/** Waits frame by frame, and tells how long in all, how long after the last answer, and how long the server took. */
async function until(act, there) {
  performance.clearResourceTimings();
  const from = performance.now();
  act();
  while (!there()) {
    await new Promise(requestAnimationFrame);
    if (performance.now() - from > patience) throw new Error(`it does not come: ${there}`);
  }
  const now = performance.now();
  const asked = performance.getEntriesByType("resource").filter((e) => /\/v1\/(documents|receivables)\?/.test(e.name));
  const ended = asked.map((e) => e.responseEnd).filter((at) => at >= from && at <= now);
  return { whole: now - from, afterData: now - Math.max(from, ...ended), server: Math.max(0, ...asked.map((e) => e.duration)) };
}

/** Goes to a place of the list as its scroll bar does. */
function jump(share) {
  const rows = Number(list().querySelector("[role=table]").getAttribute("aria-rowcount")) - 1;
  const box = list().getBoundingClientRect();
  const there = () => {
    const row = document.elementFromPoint(box.left + 80, box.top + box.height / 2)?.closest("[data-index]");
    return row && Math.abs(Number(row.dataset.index) - share * (rows - 1)) < 60 && row.querySelector("[data-open]");
  };
  return until(() => list().scrollTo({ top: share * (list().scrollHeight - list().clientHeight) }), there);
}

function sort(word) {
  const before = title(word).getAttribute("aria-sort");
  return until(() => title(word).querySelector("button").click(), () => title(word).getAttribute("aria-sort") !== before && opens());
}

function find(text) {
  const box = document.querySelector("[role=search] input");
  const before = total();
  const type = () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return until(type, () => total() !== before && opens());
}

/** Presses a key of the list and waits for the PDF that it shows. */
async function press(key) {
  const before = ink();
  const target = document.activeElement ?? document.body;
  const down = () => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return (await until(down, () => ink() !== before && ink() !== "")).whole;
}

/** Opens the n-th row and waits for its PDF. */
async function enter(n) {
  const before = ink();
  return (await until(() => document.querySelectorAll("[data-open]")[n].click(), () => ink() !== before && ink() !== "")).whole;
}

/** Every change of how far a file is, with its time, by the name of the file. */
const told = {};

function follow() {
  new MutationObserver(() => {
    for (const bar of document.querySelectorAll("aside progress")) {
      const all = (told[bar.getAttribute("aria-label")] ??= []);
      if (all.at(-1)?.value !== bar.value) all.push({ value: bar.value, at: performance.now() });
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}

window.measure = { jump, sort, find, press, enter, follow, told };
