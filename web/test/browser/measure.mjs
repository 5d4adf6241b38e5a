// Measures what a first visit costs: bytes on the wire for the screens that are used most or weigh
// most, held to their budget; with "bytes" for every address of the router. With "paint" also the
// largest paint and the shift of the layout, as it is and over a slow line on a slow machine, medians
// of three in one table.
//
//   node test/browser/measure.mjs SELLER BUYER BANK ADMIN [bytes|paint]      with the environment of rig.mjs
//
// The seller has a paper, a pack and a claim on the buyer.
import { readFile } from "node:fs/promises";
import { client } from "./person.mjs";
import { figures, finish, hold, median, open, signIn, url } from "./rig.mjs";

const [seller, buyer, bank, admin, what] = process.argv.slice(2);
const paint = what === "paint";
if (!admin) {
  console.error("usage: measure.mjs SELLER BUYER BANK ADMIN [bytes|paint]");
  process.exit(2);
}
const kB = 1000;
const budgets = { "/sign-in": 230 * kB };
const budget = 400 * kB; // any other screen, before the worker that paints PDFs
const api = Object.fromEntries(await Promise.all([seller, buyer, bank, admin].map(async (who) => [who, await client(who)])));
const first = async (who, path) => (await api[who].get(path)).items[0];
const claim = await first(seller, "/v1/receivables?limit=1");
const listed = async () =>
  api[buyer].file("/v1/payable-lists", "list.csv", `invoice_number,supplier,amount,currency,due_date\n${claim.number},x,1.00,CNY,2030-01-01\n`);

/** Who looks at an address; what stands in place of its id. Any other is seen by the seller. */
const who = {
  "/sign-in": { as: undefined },
  "/documents/$id": { id: async () => (await first(seller, "/v1/documents?limit=1")).id },
  "/documents/$id/fields": { id: async () => (await first(seller, "/v1/documents?limit=1")).id },
  "/financings/$id": { id: async () => (await first(seller, "/v1/financings?limit=1")).id },
  "/packs/$id": { id: async () => (await first(seller, "/v1/packs?limit=1")).id },
  "/payables": { as: buyer },
  "/payables/lists/$id": { as: buyer, id: async () => (await listed()).id },
  "/payables/$id": { as: buyer, id: async () => claim.id },
  "/disputes": { as: buyer },
  "/pipeline": { as: bank },
  "/portfolio": { as: bank },
  "/exposure": { as: bank },
  "/review/$id": { as: bank, id: async () => (await first(bank, "/v1/financings?limit=1")).id },
  "/trace/$id": { id: async () => claim.id },
  "/audit": { as: admin },
  "/settings/team": { as: admin },
  "/settings/team/$id": { as: admin, id: async () => (await first(admin, "/v1/persons")).person },
  "/settings/roles": { as: admin },
  "/settings/programmes": { as: admin },
  "/settings/requests": { as: admin },
};

/** Every address that the router knows, as src/router.tsx has them. */
async function addresses() {
  const text = await readFile(new URL("../../src/router.tsx", import.meta.url), "utf8");
  const routes = [...text.matchAll(/getParentRoute: \(\) => (\w+),\s+path: "([^"]+)"/g)];
  const named = routes.map(([, parent, path]) => (parent === "settings" ? `/settings${path}` : path));
  const all = named.map((p) => (p === "$" ? "/nowhere" : p)); // what no other route takes
  return all.filter((p) => !p.endsWith("/") || p === "/"); // a part's own address leads to its first screen
}

const most = new Set(["/sign-in", "/", "/documents", "/packs", "/packs/$id", "/review/$id"]);
const known = await addresses();
hold("the addresses are those of the router", Object.keys(who).every((p) => known.includes(p)), Object.keys(who).filter((p) => !known.includes(p)).join());
const screens = [];
for (const address of known) {
  if (what !== "bytes" && !most.has(address)) continue;
  const { as, id } = { as: seller, ...who[address] };
  screens.push([address, as, id ? address.replace("$id", await id()) : address]);
}
const free = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
const slow = { offline: false, latency: 80, downloadThroughput: 500_000, uploadThroughput: 500_000 };
const runs = 3;
const limits = { local: 1500, slow: 3000, shift: 0.05 };

// A page for each person, which keeps no answers: only for times of painting it is made anew each time.
const desks = new Map();
const sessions = new Map();

async function deskOf(person) {
  if (desks.has(person)) return desks.get(person);
  const page = await open(sessions.has(person) ? { storageState: sessions.get(person) } : {});
  if (person && !sessions.has(person)) {
    await signIn(page, person);
    sessions.set(person, await page.context().storageState());
    if (paint) {
      await page.context().close();
      return deskOf(person);
    }
  }
  const wire = await page.context().newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.addInitScript(() => {
    window.painted = 0;
    window.shifted = 0;
    window.moved = new Set();
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) window.painted = e.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) {
        if (e.hadRecentInput) continue;
        window.shifted += e.value;
        for (const { node, previousRect: from, currentRect: to } of e.sources) {
          const at = node?.nodeType === 3 ? node.parentElement : node;
          window.moved.add(`${at?.localName}.${at?.className} from ${from.x},${from.y} to ${to.x},${to.y}`);
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const desk = { page, wire, bytes: 0, worker: new Set() };
  wire.on("Network.requestWillBeSent", (e) => {
    if (/pdf/.test(e.request.url)) desk.worker.add(e.requestId);
  });
  wire.on("Network.loadingFinished", (e) => {
    if (!desk.worker.has(e.requestId)) desk.bytes += e.encodedDataLength;
  });
  desks.set(person, desk);
  return desk;
}

/** Opens a screen without a cache and tells what came over the wire and how it was painted. */
async function visit([, person, path], throttled) {
  const desk = await deskOf(person);
  const { page, wire } = desk;
  await page.goto("about:blank"); // so that nothing of the last visit is on its way
  await wire.send("Network.emulateNetworkConditions", throttled ? slow : free);
  await wire.send("Emulation.setCPUThrottlingRate", { rate: throttled ? 4 : 1 });
  desk.bytes = 0;
  await page.goto(url + path);
  await page.locator("h1").first().waitFor(); // to look for a role is work for the page itself
  // Streams of news never end, so the page is done when nothing of its own loads any more.
  await page.waitForFunction(() => document.readyState === "complete");
  await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
  const { painted, shifted, moved, asked } = await page.evaluate(() => ({
    painted: window.painted,
    shifted: window.shifted,
    moved: [...window.moved].join("; "),
    asked: performance.getEntriesByType("resource").map((e) => e.name),
  }));
  const twice = asked.filter((name, i) => asked.indexOf(name) !== i);
  if (paint) {
    desks.delete(person);
    await page.context().close();
  }
  return { bytes: desk.bytes, painted, shifted, moved, twice };
}

const line = (cells) => cells.map((c, i) => (i === 0 ? c.padEnd(14) : c.padStart(12))).join("");
const table = [];
for (const screen of screens) {
  const [path] = screen;
  const { bytes, twice } = await visit(screen, false);
  const limit = budgets[path] ?? budget;
  console.log(`${path}: ${Math.round(bytes / kB)} kB on the wire, budget ${limit / kB} kB`);
  hold(`${path}: within ${limit / kB} kB`, bytes <= limit, `${bytes} bytes`);
  hold(`${path}: asks for nothing twice`, twice.length === 0, twice.join("\n  "));
  if (!paint) continue;
  const row = [path];
  for (const way of ["local", "slow"]) {
    const visits = [];
    for (let i = 0; i < runs; i++) visits.push(await visit(screen, way === "slow"));
    const painted = median(visits.map((v) => v.painted));
    const { shifted, moved } = visits.reduce((a, b) => (b.shifted > a.shifted ? b : a));
    hold(`${path} ${way}: the largest paint within ${limits[way]} ms`, painted <= limits[way], `${Math.round(painted)} ms`);
    hold(`${path} ${way}: the layout shifts by at most ${limits.shift}`, shifted <= limits.shift, `${shifted}: ${moved}`);
    row.push(`${Math.round(painted)} ms`, shifted.toFixed(3));
  }
  table.push(row);
}
if (table.length > 0) {
  figures(line(["", "paint", "shift", "slow paint", "slow shift"]));
  for (const row of table) figures(line(row));
}
await finish();
