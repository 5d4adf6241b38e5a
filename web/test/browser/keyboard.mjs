// Work by keys alone. A page that was given to keysOnly() is held to it: no pointer touches it, and
// whatever comes into focus is in view, under nothing, and shows it. use() presses in such a page
// with keys, after Tab has come there, and in any other with the pointer, so that one run does both.
//
//   await keysOnly(page);                        from here on
//   await use(page, page.getByRole("button"));   Tab … Enter
//   heldByKeys(page, "supplier");                at the end
import { readFile } from "node:fs/promises";
import { hold, until } from "./rig.mjs";

const inFocus = await readFile(new URL("infocus.js", import.meta.url), "utf8");
const most = 250; // stops of Tab on one screen

/** From now on this page is worked by keys. */
export async function keysOnly(page) {
  page.keys = { told: [], tabs: 0 };
  await page.exposeFunction("keysTold", (what) => page.keys.told.push(what));
  await page.addInitScript(inFocus);
  await page.evaluate(inFocus); // the page that stands has it too
}

/** Presses Tab, or within a menu an arrow, until something has the focus, as who has no pointer does. */
export async function tabTo(page, where, key = "Tab") {
  await where.waitFor();
  await until(() => where.isEnabled()); // what is at work takes no focus; a pointer waits for it too
  const there = () => where.evaluate((e) => e === document.activeElement).catch(() => false); // drawn anew meanwhile
  for (let n = 0; n < most; n++) {
    if (await there()) return;
    await page.keyboard.press(key);
    page.keys.tabs++;
  }
  throw new Error(`${most} times ${key} did not come to ${where}`);
}

/** Presses a button, a link or a box: with a key where only keys are used, else with the pointer. */
export async function use(page, where, key = "Enter") {
  if (!page.keys) return where.click();
  await tabTo(page, where);
  await page.keyboard.press(key);
}

/** Fills a field, to which Tab has come where only keys are used. */
export async function enter(page, where, text) {
  if (page.keys) await tabTo(page, where);
  await where.fill(text);
}

/** Holds what was watched since keysOnly(). */
export function heldByKeys(page, name) {
  const { told, tabs } = page.keys;
  hold(`${name}: by keys alone, ${tabs} times Tab, each focus in view and shown`, told.length === 0, told.join("\n  "));
}

/** Holds that Tab goes round a screen, or on through a long list, and is caught nowhere. */
export async function goesRound(page, name) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    window.keysStops = [];
  });
  let went = "on";
  for (let n = 0; n < most && went === "on"; n++) {
    await page.keyboard.press("Tab");
    went = await page.evaluate(() => {
      const at = document.activeElement;
      const before = window.keysStops.indexOf(at);
      window.keysStops.push(at);
      if (at === document.body || before === 0) return "round";
      return before < 0 ? "on" : at.outerHTML.slice(0, 200);
    });
  }
  hold(`${name}: Tab goes round`, went === "on" || went === "round", `it is caught at ${went}`);
}
