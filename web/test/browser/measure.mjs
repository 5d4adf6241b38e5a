// Measures what a first visit costs: bytes on the wire for each screen, held to its budget. With a
// bank's maker and a financing also the largest paint and the shift of the layout, as it is and
// over a slow line on a slow machine, medians of three in one table.
//
//   node test/browser/measure.mjs EMAIL [BANK FINANCING]      with the environment of rig.mjs
import { browser, figures, finish, hold, median, open, signIn, url, widths } from "./rig.mjs";

const [email, bank, financing] = process.argv.slice(2);
const kB = 1000;
const budgets = { "/sign-in": 230 * kB };
const budget = 400 * kB; // any other screen, before the worker that paints PDFs
const screens = [
  ["/sign-in", undefined],
  ["/", email],
  ["/documents", email],
  ["/packs", email],
  ...(financing ? [[`/review/${financing}`, bank]] : []),
];
const slow = { offline: false, latency: 80, downloadThroughput: 500_000, uploadThroughput: 500_000 };
const runs = 3;
const limits = { local: 1500, slow: 3000, shift: 0.05 };

const states = {};
for (const person of [email, bank].filter(Boolean)) {
  const door = await open();
  await signIn(door, person);
  states[person] = await door.context().storageState();
  await door.context().close();
}

/** Opens a screen with an empty cache and tells what came over the wire and how it was painted. */
async function visit([path, person], throttled) {
  const context = await browser.newContext({
    viewport: widths.desk,
    locale: "en",
    storageState: person && states[person],
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

const line = (cells) => cells.map((c, i) => (i === 0 ? c.padEnd(12) : c.padStart(12))).join("");
const table = [];
for (const screen of screens) {
  const path = screen[0].replace(/(?<=review\/).*/, "…");
  const { bytes } = await visit(screen, false);
  const limit = budgets[path] ?? budget;
  console.log(`${path}: ${Math.round(bytes / kB)} kB on the wire, budget ${limit / kB} kB`);
  hold(`${path}: within ${limit / kB} kB`, bytes <= limit, `${bytes} bytes`);
  if (!financing) continue;
  const row = [path];
  for (const way of ["local", "slow"]) {
    const visits = [];
    for (let i = 0; i < runs; i++) visits.push(await visit(screen, way === "slow"));
    const painted = median(visits.map((v) => v.painted));
    const shifted = Math.max(...visits.map((v) => v.shifted));
    hold(`${path} ${way}: the largest paint within ${limits[way]} ms`, painted <= limits[way], `${Math.round(painted)} ms`);
    hold(`${path} ${way}: the layout shifts by at most ${limits.shift}`, shifted <= limits.shift, `${shifted}`);
    row.push(`${Math.round(painted)} ms`, shifted.toFixed(3));
  }
  table.push(row);
}
if (table.length > 0) {
  figures(line(["", "paint", "shift", "slow paint", "slow shift"]));
  for (const row of table) figures(line(row));
}
await finish();
