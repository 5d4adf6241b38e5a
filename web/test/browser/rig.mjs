// What every run through the portal shares: a browser, pages that collect what they should not
// do, and the marks that each screen must hold.
//
//   PORTAL_URL       where the node listens
//   PORTAL_PEOPLE    a JSON file: e-mail → {"password": "…", "key": "PKCS #8 in base64"}, as it is
//                    or under by_email, as the demonstration keeps it
//   PORTAL_PASSKEYS  a file that keeps the passkeys of people from one run on a node to the next
//   PORTAL_SCREENS   a folder for screenshots; none are made without it
//   CHROMIUM         the browser; default Chromium without windows, or else with them
//   PORTAL_WAYS      "all" takes all eight ways (language × theme × width) instead of two
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** The value of a variable of the environment that the run cannot do without. */
function wanted(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set: see test/browser/rig.mjs`);
    process.exit(2);
  }
  return value;
}

export const url = wanted("PORTAL_URL");
const known = JSON.parse(await readFile(wanted("PORTAL_PEOPLE"), "utf8"));
export const people = known.by_email ?? known;
const screens = process.env.PORTAL_SCREENS ?? "";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The words of the portal by language and area, as its code has them. */
export const texts = {};
for (const language of ["en", "zh-CN"]) {
  const folder = new URL(`../../src/i18n/${language}/`, import.meta.url);
  texts[language] = {};
  for (const file of await readdir(folder)) {
    texts[language][file.replace(/\.json$/, "")] = JSON.parse(await readFile(new URL(file, folder), "utf8"));
  }
}

let failed = 0;

/** Says whether a thing held; one that did not makes the run fail. */
export function hold(name, ok, detail = "") {
  if (!ok) failed++;
  console.log(`${ok ? "ok" : "FAILED"}: ${name}${ok || !detail ? "" : `\n  ${detail}`}`);
}

/** A figure that was measured, for whoever reads the run. */
export const figures = (line) => console.log(`figure: ${line}`);

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** What 95 of 100 stay within. */
export const p95 = (values) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1];

/** The script that measures within the page. */
export const inPage = fileURLToPath(new URL("inpage.js", import.meta.url));

const inspectors = new WeakMap();

/** What the browser counts of a page: heap, nodes, listeners, seconds at work. */
export async function metrics(page) {
  if (!inspectors.has(page)) {
    const client = await page.context().newCDPSession(page);
    await client.send("Performance.enable", { timeDomain: "threadTicks" }); // not what others on the machine take
    inspectors.set(page, client);
  }
  const { metrics: list } = await inspectors.get(page).send("Performance.getMetrics");
  return Object.fromEntries(list.map((m) => [m.name, m.value]));
}

/** What it counts after all that nobody holds is let go. */
export async function settled(page) {
  await metrics(page);
  for (let i = 0; i < 3; i++) await inspectors.get(page).send("HeapProfiler.collectGarbage");
  return metrics(page);
}

// Chromium without windows draws pages as Chromium does, for two thirds of its work.
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find(existsSync),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});

/** Ends the run with the verdict of all that was held. */
export async function finish() {
  await browser.close();
  console.log(failed === 0 ? "all held" : `${failed} did not hold`);
  process.exit(failed === 0 ? 0 : 1);
}

// How long a run waits for what must come, on a machine that does other things too. What must come
// soon is measured and held where it is looked at.
const patience = 60_000;

// A desk at 400 % zoom is as wide and high as the last one (WCAG 2.2, 1.4.10).
export const widths = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 }, zoomed: { width: 320, height: 256 } };

// Two ways show every language, theme and width once: the longer words on the narrow screen.
export const every = ["en", "zh-CN"].flatMap((language) =>
  ["light", "dark"].flatMap((scheme) => ["desk", "phone"].map((size) => ({ language, scheme, size }))),
);

/** A way in a word, for names of files and of what is held. */
export const wayName = ({ language, scheme, size }) => `${language}-${scheme}-${size}`;

export const ways = process.env.PORTAL_WAYS === "all" ? every : [every[3], every[4]];

/** Asks until the answer is yes; false when it never was. */
export async function until(ask) {
  const end = Date.now() + patience / 4;
  while (Date.now() < end) {
    if (await ask()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** Whether something comes to be seen: what an act brings may need a moment on a busy machine. */
export const comes = (where) =>
  where.waitFor().then(
    () => true,
    (error) => {
      console.log(String(error)); // whether it never came, or stands there twice
      return false;
    },
  );

/** A page of its own session; what breaks the policy or leaves the origin is collected. */
export async function open({ language = "en", scheme = "light", size = "desk", storageState } = {}) {
  const context = await browser.newContext({
    viewport: widths[size],
    colorScheme: scheme,
    locale: language === "pseudo" ? "en" : language, // pseudo.mjs
    ...(storageState ? { storageState } : {}),
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.breaches = [];
  page.on("console", (m) => {
    // The browser tells of each answer that refuses, and of lines that a run cuts on purpose; those
    // are looked at by what the page says.
    if (m.type() === "error" && !/status of 4\d\d|net::ERR_(INTERNET_DISCONNECTED|FAILED)/.test(m.text())) page.breaches.push(m.text());
  });
  page.on("pageerror", (e) => page.breaches.push(String(e)));
  page.on("request", (r) => {
    if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) page.breaches.push(`left the origin: ${r.url()}`);
  });
  return page;
}

/** Holds that nothing left the origin or broke the content policy while the page lived. */
export function unbroken(page, name) {
  hold(`${name}: nothing left the origin or broke the policy`, page.breaches.length === 0, page.breaches.join("\n  "));
}

/** Signs a person in by e-mail and password, as far as the first screen. */
export async function signIn(page, email, language = "en") {
  const t = texts[language].signIn;
  await page.goto(`${url}/sign-in`);
  await page.getByLabel(t.email).fill(email);
  const password = page.getByRole("textbox", { name: t.password });
  await password.fill(people[email].password);
  await password.press("Enter");
  await page.waitForURL((to) => !to.pathname.includes("sign-in"));
  // The address changes before the screen does, and the screen for signing in has a heading too.
  await page.getByRole("navigation", { name: texts[language].nav.label }).waitFor();
  await page.getByRole("heading", { level: 1 }).first().waitFor();
}

/**
 * Waits until nothing moves or fades any more, but for what turns forever. What has just been drawn
 * begins to move some frames later, and one thing may begin when another has ended.
 */
export async function still(page) {
  await page.evaluate(async () => {
    for (let quiet = 0, n = 0; quiet < 3 && n < 600; quiet++, n++) {
      await new Promise((then) => requestAnimationFrame(then));
      const moving = document.getAnimations().filter((a) => a.playState === "running" && a.effect?.getTiming().iterations !== Infinity);
      if (moving.length > 0) quiet = -1;
      await Promise.all(moving.map((a) => a.finished.catch(() => {})));
    }
  });
}

/** Holds that axe finds nothing (WCAG 2.0 to 2.2 A and AA, and best practice). */
export async function accessible(page, name) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe); // once a page load
  await page.locator("h1").first().waitFor({ state: "attached" }); // a screen that is still fetched has none
  await still(page); // what is still fading in has not its colours yet
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      preload: false, // of style sheets, for rules that are not asked for
      resultTypes: ["violations"], // what holds is not described, nor sent out of the page
    });
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 4).join(", ")}`);
  });
  hold(`${name}: accessible`, found.length === 0, found.join("\n  "));
}

/** Holds that the page does not scroll sideways. */
export async function fits(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  hold(`${name}: no horizontal scroll`, over <= 0, `${over} px over`);
}

export async function shot(page, name) {
  if (!screens) return;
  await mkdir(screens, { recursive: true });
  await page.screenshot({ path: join(screens, `${name}.png`) });
}

/** A screen as it stands: accessible, within its width, and pictured. */
export async function seen(page, name, file) {
  await accessible(page, name);
  await fits(page, name);
  await shot(page, file);
}

/** Drops files where the pointer is, as a desktop does. */
export async function drop(page, files) {
  const list = files.map((f) => ({ name: f.name, type: f.mimeType, data: f.buffer.toString("base64") }));
  await page.evaluate((given) => {
    const carried = new DataTransfer();
    for (const f of given) {
      const bytes = Uint8Array.from(atob(f.data), (c) => c.charCodeAt(0));
      carried.items.add(new File([bytes], f.name, { type: f.type }));
    }
    for (const kind of ["dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }
  }, list);
}
