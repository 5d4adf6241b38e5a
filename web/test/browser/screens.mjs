// Pictures every screen as each persona of the demonstration sees it, in both languages, themes and
// widths, and holds on each: axe finds nothing, nothing scrolls sideways, no code or id stands where
// words belong, and in Chinese no English sentence; targets are big enough. At a desk in English Tab
// goes once round each screen, and all that comes into focus is seen. Three ways more: a desk at
// 400 % zoom, where everything can still be reached, and a language that nobody speaks (pseudo.mjs)
// on both widths, in which no text is cut off and none stands that is not translated.
//
//   node test/browser/screens.mjs FOLDER [NAME …]     with the environment of rig.mjs; PORTAL_WAYS=two
//                                                     takes two ways that have each of them once
//
// FOLDER receives a PNG for each screen and way, and sheets/NAME-phones.png and -desks.png that put
// the ways of one screen side by side. With names only those screens are taken; a name ending in *
// takes all that begin with it. scripts/screens makes the node and calls this.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { goesRound, heldByKeys, keysOnly } from "./keyboard.mjs";
import { authenticator, client, passkeyOf } from "./person.mjs";
import { clipped, hears, speakPseudo, untranslated } from "./pseudo.mjs";
import { bigEnough, reachable } from "./reach.mjs";
import { accessible, browser, every, finish, fits, hold, open, signIn, still, texts, unbroken, url, wayName, ways, widths } from "./rig.mjs";
import { visited } from "./visits.mjs";

const [folder, ...names] = process.argv.slice(2);
if (!folder) {
  console.error("usage: screens.mjs FOLDER [NAME …]");
  process.exit(2);
}
await mkdir(join(folder, "sheets"), { recursive: true });

// With SCREENS_WAYS only the ways whose names begin so: "pseudo", "en-light-zoomed,zh-CN".
const only = (process.env.SCREENS_WAYS ?? "").split(",");
const further = [
  { language: "en", scheme: "light", size: "zoomed" },
  { language: "pseudo", scheme: "light", size: "desk" },
  { language: "pseudo", scheme: "light", size: "phone" },
];
const gone = (process.env.PORTAL_WAYS === "two" ? ways : [...every, ...further]).filter((way) =>
  only.some((begin) => wayName(way).startsWith(begin)),
);

const patience = 12_000; // milliseconds, for a screen of a machine that does other things too

const chosen = (name) =>
  names.length === 0 || names.some((n) => (n.endsWith("*") ? name.startsWith(n.slice(0, -1)) : n === name));

// What stands in a page though it was meant for programs: codes (document.readings_disagree),
// constants (PAYMENT_UNDERTAKING), keys of words and values that were never put in.
const raw = /\b[a-z]+(?:_[a-z]+)+\b|\b[a-z]{3,}\.[a-z]+_[a-z_]+\b|\b[A-Z]{3,}_[A-Z_]+\b|\{\{|\bundefined\b|\bNaN\b|\[object /;
// An English sentence or label: two or more words of small letters beside each other. Names of
// firms, persons, goods and papers are as their papers have them.
const english = /\b[A-Za-z]?[a-z]{2,}(?:[ ,]+[a-z]{2,})+\b/;

const { personas } = await (await fetch(`${url}/v1/demo`)).json();
const book = JSON.parse(await readFile(new URL("../../../fixtures/living/book.json", import.meta.url), "utf8"));
// What people named themselves, and a command, is what it is in every language: organisations, goods, trades, keys.
let given = [...personas.map((p) => p.organisation), ...Object.values(book.goods).map((g) => g.name), "Test passkey", "countersign person"];

/** The texts of a page that a reader should not meet. What papers themselves say stands in
 * elements marked translate="no" or lang, and is theirs. */
function strays(page, language) {
  return page.evaluate(
    ([rawPattern, englishPattern, chinese, known]) => {
      const found = new Set();
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        // A sentence whose numbers are kept whole is one text.
        let text = (node.parentElement.closest("[data-whole]") ?? node).textContent.trim();
        for (const name of known) text = text.replaceAll(name, "");
        text = text.replace(/[(（][^()（）]*[)）]/g, ""); // the name of goods
        const around = node.parentElement;
        if (!text || !around.checkVisibility()) continue;
        if (around.closest("script, style, pre, code, textarea, [translate=no], [lang]:not(html), .textLayer")) continue;
        if (new RegExp(rawPattern).test(text)) found.add(text);
        else if (chinese && new RegExp(englishPattern).test(text)) found.add(text);
      }
      return [...found].map((s) => s.slice(0, 120));
    },
    [raw.source, english.source, language === "zh-CN", given],
  );
}

/** Waits until nothing is being fetched, drawn or moved. */
async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForFunction(
    () =>
      ![...document.querySelectorAll(".mantine-Loader-root, .mantine-Skeleton-root")].some(
        (e) => !e.closest("button") && e.checkVisibility({ opacityProperty: true }), // a button that waits for its dialog turns
      ),
  );
  await still(page);
  await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
}

/** Does something while the window is as high as what it shows: the frame scrolls, not the page. */
async function wholly(page, { size }, act) {
  const more = await page.evaluate(() => {
    const main = document.querySelector("#main");
    return main ? Math.min(main.scrollHeight - main.clientHeight, 5000) : 0;
  });
  const usual = widths[size];
  if (more > 0) {
    await page.setViewportSize({ ...usual, height: usual.height + more });
    await still(page);
  }
  await act();
  if (more > 0) await page.setViewportSize(usual);
}

const made = new Map(); // screen → ways that were pictured

async function take(page, name, way) {
  const label = `${name}, ${wayName(way)}`;
  await settled(page);
  await wholly(page, way, async () => {
    await page.screenshot({ path: join(folder, `${name}-${wayName(way)}.png`), fullPage: true });
    await bigEnough(page, label); // what is scrolled away would lie beside the rail's entries
  });
  made.set(name, [...(made.get(name) ?? []), way]);
  await fits(page, label);
  if (way.size === "zoomed") return reachable(page, label);
  if (way.language === "pseudo") return wholeWords(page, label);
  await accessible(page, label);
  const stray = await strays(page, way.language);
  hold(`${label}: words for people`, stray.length === 0, stray.slice(0, 8).join("\n  "));
  const dialog = await page.getByRole("dialog").count(); // which keeps Tab within itself, as it should
  if (page.keys && dialog === 0) await goesRound(page, label);
}

/** Holds that no text is cut off and none stands in the portal's own code. */
async function wholeWords(page, label) {
  const cut = await clipped(page);
  hold(`${label}: no text is cut off`, cut.length === 0, cut.slice(0, 8).join("\n  "));
  if (new URL(page.url()).pathname === "/verify") return; // a page of the server, without these words
  const left = await untranslated(page, [...given, ...(await page.heard())]);
  hold(`${label}: every text is translated`, left.length === 0, left.slice(0, 8).join("\n  "));
}

/** A persona at the door: signed in once for all ways, as a person would be. */
async function enter({ email, signs }) {
  if (!email) return {};
  const api = await client(email);
  const passkey = signs ? await passkeyOf(email) : undefined;
  const door = await open();
  await signIn(door, email);
  const { cookies } = await door.context().storageState();
  await door.context().close();
  const { items: parties } = await api.get("/v1/organisations");
  const { items: packs } = await api.get("/v1/packs?limit=200");
  given = [...new Set([...given, ...parties.map((o) => o.name), ...packs.map((p) => p.title)])].toSorted((a, b) => b.length - a.length);
  return { api, passkey, storageState: { cookies, origins: [] } };
}

/** One persona's screens in one way. */
async function walk(visits, shows, { api, passkey, storageState }, way) {
  const t = texts[way.language];
  const page = await open({ ...way, storageState });
  page.setDefaultTimeout(patience);
  await page.addInitScript(() => sessionStorage.clear()); // each screen begins at its top, wherever one was before
  if (passkey) await authenticator(page, passkey);
  if (way.language === "pseudo") {
    await speakPseudo(page);
    page.heard = hears(page);
  }
  if (wayName(way) === "en-light-desk") await keysOnly(page);
  for (const { name, at, act } of shows) {
    try {
      const path = typeof at === "function" ? await at(api) : at;
      if (!path) {
        hold(`${name}: there is something to show`, false);
        continue;
      }
      await page.goto(url + path);
      await settled(page);
      await act?.(page, t, api);
      await take(page, name, way);
    } catch (error) {
      hold(`${name}, ${wayName(way)}: can be reached`, false, String(error).slice(0, 400));
      await page.screenshot({ path: join(folder, `${name}-${wayName(way)}-not-reached.png`) });
    }
  }
  unbroken(page, `${visits.who}, ${wayName(way)}`);
  if (page.keys) heldByKeys(page, `${visits.who}, ${wayName(way)}`);
  await page.context().close();
}

/** Puts pictures side by side, as they are or at a share of their size. */
async function sheet(name, kind, share) {
  const taken = made.get(name).filter((w) => w.size === (kind === "phones" ? "phone" : "desk"));
  if (taken.length === 0) return;
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
  const page = await context.newPage();
  const file = (way) => pathToFileURL(resolve(folder, `${name}-${wayName(way)}.png`)).href;
  const width = (kind === "phones" ? 390 : 1440) * share;
  const figures = taken.map((w) => `<img src="${file(w)}" width="${width}" style="vertical-align:top;margin:2px">`).join("");
  const html = join(folder, "sheets", `${name}.html`);
  await writeFile(html, `<body style="margin:0;background:#888;width:${(width + 4) * (kind === "phones" ? 4 : 2)}px;font-size:0">${figures}`);
  await page.goto(pathToFileURL(resolve(html)).href);
  await page.screenshot({ path: join(folder, "sheets", `${name}-${kind}.png`), fullPage: true });
  await rm(html);
  await context.close();
}

for (const visits of await visited()) {
  const shows = visits.shows.filter((s) => chosen(s.name));
  if (shows.length === 0) continue;
  const entered = await enter(visits);
  for (const way of gone) await walk(visits, shows, entered, way);
}
for (const name of made.keys()) {
  await sheet(name, "phones", 1);
  await sheet(name, "desks", 0.55);
}
console.log(`${made.size} screens, ${[...made.values()].flat().length} pictures in ${folder}`);
await finish();
