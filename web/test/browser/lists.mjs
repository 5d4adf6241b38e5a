// Measures lists of 50,000 rows: how soon the first rows are there, how soon any place is, how
// large the page gets, and how soon another filter or order is answered.
//
//   node test/browser/lists.mjs SELLER BUYER      with the environment of rig.mjs
import { browser, figures, finish, hold, median, open, p95, signIn, texts, url } from "./rig.mjs";

const [seller, buyer] = process.argv.slice(2);
const places = 20;

/** Goes to a place of the list as a scroll bar does, and tells when its row is there. */
const jump = (page, share) =>
  page.evaluate(async (at) => {
    const list = document.querySelector("[data-testid=list]");
    const rows = Number(list.querySelector("[role=table]").getAttribute("aria-rowcount")) - 1;
    performance.clearResourceTimings();
    const from = performance.now();
    list.scrollTop = at * (list.scrollHeight - list.clientHeight);
    const middle = () => {
      const box = list.getBoundingClientRect();
      return document.elementFromPoint(box.left + 60, box.top + box.height / 2)?.closest("[data-index]");
    };
    const want = Math.floor(at * (rows - 1));
    for (;;) {
      await new Promise(requestAnimationFrame);
      const row = middle();
      const near = row && Math.abs(Number(row.dataset.index) - want) < 60;
      if (near && row.querySelector("[data-open]")) break;
      if (performance.now() - from > 20_000) throw new Error(`row ${want} does not come`);
    }
    const now = performance.now();
    const data = performance.getEntriesByType("resource").filter((e) => e.name.includes("/v1/"));
    const last = Math.max(from, ...data.filter((e) => e.responseEnd <= now).map((e) => e.responseEnd));
    return { whole: now - from, afterData: now - last, nodes: document.querySelectorAll("*").length };
  }, share);

/** The time until the list shows an answer: from an act until the rows of another question are there. */
const answered = (page, act) =>
  page.evaluate(async (what) => {
    const list = () => document.querySelector("[data-testid=list]");
    const question = () => location.search;
    const before = question();
    let asked = 0;
    const entries = new PerformanceObserver(() => undefined);
    entries.observe({ type: "resource" });
    performance.clearResourceTimings();
    const from = performance.now();
    if (what.sort) [...document.querySelectorAll("[role=columnheader] button")].find((b) => b.textContent === what.sort).click();
    if (what.text !== undefined) {
      const box = document.querySelector("input[type=search], [role=search] input");
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, what.text);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (;;) {
      await new Promise(requestAnimationFrame);
      if (question() !== before && list().querySelector("[data-open]")) break;
      if (performance.now() - from > 20_000) throw new Error("no answer");
    }
    const now = performance.now();
    const server = performance.getEntriesByType("resource").filter((e) => /\/v1\/(documents|receivables|financings)\?/.test(e.name));
    asked = Math.max(0, ...server.map((e) => e.duration));
    entries.disconnect();
    return { whole: now - from, server: asked };
  }, act);

async function list(name, email, path, sorts, words) {
  const page = await open();
  await signIn(page, email);
  await page.evaluate(() => localStorage.setItem("countersign.density", "compact"));
  const firsts = [];
  for (let i = 0; i < 5; i++) {
    await page.goto(url + path);
    await page.locator("[data-index] [data-open]").first().waitFor();
    firsts.push(await page.evaluate(() => performance.now()));
  }
  const rows = await page.locator("[role=table]").getAttribute("aria-rowcount");
  figures(`${name}: ${Number(rows) - 1} rows`);
  figures(`${name}: first rows after ${Math.round(median(firsts))} ms (median of 5)`);
  hold(`${name}: first rows within 1 s`, median(firsts) <= 1000, `${firsts.map(Math.round)}`);
  return { page, name, sorts, words };
}

async function scrolled({ page, name }) {
  const jumps = [];
  for (let i = 0; i < places; i++) jumps.push(await jump(page, ((i * 37) % places) / (places - 1)));
  const after = jumps.map((j) => j.afterData);
  const nodes = Math.max(...jumps.map((j) => j.nodes));
  const whole = jumps.map((j) => j.whole);
  figures(`${name}: a place anywhere ${Math.round(p95(after))} ms after its data, ${Math.round(p95(whole))} ms in all (p95 of ${places})`);
  figures(`${name}: at most ${nodes} nodes in the page`);
  hold(`${name}: any place within 500 ms of its data`, p95(after) <= 500, `${after.map(Math.round)}`);
  hold(`${name}: at most 2,000 nodes`, nodes <= 2000);
}

async function asked({ page, name, sorts, words }) {
  const times = [];
  const servers = [];
  const take = async (act) => {
    const { whole, server } = await answered(page, act);
    times.push(whole);
    servers.push(server);
  };
  for (let i = 0; i < 2; i++) for (const sort of sorts) for (const _ of "ab") await take({ sort });
  for (const text of words) await take({ text });
  figures(
    `${name}: another order or filter within ${Math.round(p95(times))} ms, ` +
      `of them the server ${Math.round(p95(servers))} ms (p95 of ${times.length}; medians ${Math.round(median(times))} and ${Math.round(median(servers))})`,
  );
  hold(`${name}: an order or filter answered within 400 ms`, p95(times) <= 400, `${times.map(Math.round)} server ${servers.map(Math.round)}`);
}

const d = texts.en.documents;
const papers = await list("documents", seller, "/documents", [d.kind, d.number, d.file, d.state, d.uploaded], ["LQ-00", "invoice-4", "发票", "9", ""]);
await scrolled(papers);
await asked(papers);
await papers.page.context().close();

const c = texts.en.payables.column;
const payables = await list("payables", buyer, "/payables", [c.number, c.due, c.amount], []);
await asked(payables);
await payables.page.context().close();

await browser.contexts().at(0)?.close();
await finish();
