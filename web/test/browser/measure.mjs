// Measures what a first visit costs: bytes on the wire for each screen, held to its budget, and,
// with the word "speed", the largest paint and the shift of the layout, as it is and over a slow
// line on a slow machine (medians of three).
//
//   node test/browser/measure.mjs EMAIL [speed]      with the environment of rig.mjs
import { browser, finish, hold, median, open, signIn, url, widths } from "./rig.mjs";

const [email, mode] = process.argv.slice(2);
const kB = 1000;
const budgets = { "/sign-in": 230 * kB };
const budget = 400 * kB; // any other screen, before the worker that paints PDFs
const screens = ["/sign-in", "/", "/documents", "/packs"];
const slow = { offline: false, latency: 80, downloadThroughput: 500_000, uploadThroughput: 500_000 };

const door = await open();
await signIn(door, email);
const state = await door.context().storageState();
await door.context().close();

/** Opens a screen with an empty cache and tells what came over the wire and how it was painted. */
async function visit(path, throttled) {
  const context = await browser.newContext({
    viewport: widths.desk,
    locale: "en",
    storageState: path === "/sign-in" ? undefined : state,
  });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  if (throttled) {
    await client.send("Network.emulateNetworkConditions", slow);
    await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  }
  const worker = new Set();
  let bytes = 0;
  client.on("Network.requestWillBeSent", (e) => {
    if (/pdf/.test(e.request.url)) worker.add(e.requestId);
  });
  client.on("Network.loadingFinished", (e) => {
    if (!worker.has(e.requestId)) bytes += e.encodedDataLength;
  });
  await page.addInitScript(() => {
    window.painted = 0;
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) window.painted = e.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted += e.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(url + path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  // Streams of news never end, so the page is done when nothing of its own loads any more.
  await page.waitForFunction(() => document.readyState === "complete");
  await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
  const { painted, shifted } = await page.evaluate(() => ({ painted: window.painted, shifted: window.shifted }));
  await context.close();
  return { bytes, painted, shifted };
}

for (const path of screens) {
  const { bytes } = await visit(path, false);
  const limit = budgets[path] ?? budget;
  console.log(`${path}: ${Math.round(bytes / kB)} kB on the wire, budget ${limit / kB} kB`);
  hold(`${path}: within ${limit / kB} kB`, bytes <= limit, `${bytes} bytes`);
  if (mode !== "speed") continue;
  for (const throttled of [false, true]) {
    const visits = [];
    for (let i = 0; i < 3; i++) visits.push(await visit(path, throttled));
    console.log(
      `${path}${throttled ? " at 4 Mbit/s, 80 ms, a quarter of the processor" : ""}: ` +
        `largest paint ${Math.round(median(visits.map((v) => v.painted)))} ms, ` +
        `layout shift ${median(visits.map((v) => v.shifted)).toFixed(3)}`,
    );
  }
}
await finish();
