// Measures lists of 50,000 rows: how soon the first rows are there, how soon any place is, how
// large the page gets, how soon another filter or order is answered, and how soon the first screen
// has added them up. Beside each time stands
// what of it the page itself was at work, which a busy machine does not change.
//
//   node test/browser/lists.mjs SELLER BUYER      with the environment of rig.mjs
import { figures, finish, hold, inPage, median, metrics, open, p95, signIn, texts, url } from "./rig.mjs";

const [seller, buyer] = process.argv.slice(2);
const places = 20;

const rounded = (values) => values.map(Math.round).join(" ");

/** Does one thing after another and tells the times of each. */
async function taken(page, acts) {
  const times = [];
  const before = await metrics(page);
  for (const [what, value] of acts) {
    times.push(await page.evaluate(([w, v]) => window.measure[w](v), [what, value]));
  }
  const after = await metrics(page);
  const work = ((after.TaskDuration - before.TaskDuration) * 1000) / acts.length;
  return { work, ...Object.fromEntries(["whole", "afterData", "server"].map((k) => [k, times.map((t) => t[k])])) };
}

/** Opens an address five times; what of it must be there within a second. */
async function soon(page, path, name, selector) {
  const firsts = [];
  for (let i = 0; i < 5; i++) {
    await page.goto(url + path);
    await page.locator(selector).first().waitFor();
    firsts.push(await page.evaluate(() => performance.now()));
  }
  figures(`${name} there after ${Math.round(median(firsts))} ms (median of ${rounded(firsts)})`);
  hold(`${name} there within 1 s`, median(firsts) <= 1000);
}

async function opened(name, email, path) {
  const page = await open();
  await page.addInitScript({ path: inPage });
  await signIn(page, email);
  await page.evaluate(() => localStorage.setItem("countersign.density", "compact"));
  await soon(page, path, `${name}: the first rows are`, "[data-index] [data-open]");
  return page;
}

async function scrolled(page, name) {
  const shares = Array.from({ length: places }, (_, i) => ((i * 7 + 3) % places) / (places - 1));
  let nodes = 0;
  const all = { whole: [], afterData: [], work: [] };
  for (const share of shares) {
    const one = await taken(page, [["jump", share]]);
    for (const k of Object.keys(all)) all[k].push(...[one[k]].flat());
    nodes = Math.max(nodes, await page.evaluate(() => document.querySelectorAll("*").length));
  }
  figures(
    `${name}: any place ${Math.round(p95(all.afterData))} ms after its data, ${Math.round(p95(all.whole))} ms in all ` +
      `(p95 of ${places}), the page at work for ${Math.round(median(all.work))} ms of it; at most ${nodes} nodes`,
  );
  hold(`${name}: any place within 500 ms of its data`, p95(all.afterData) <= 500, rounded(all.afterData));
  hold(`${name}: at most 2,000 nodes`, nodes <= 2000);
}

async function asked(page, name, acts) {
  const { whole, server, work } = await taken(page, acts);
  figures(
    `${name}: another order or filter after ${Math.round(p95(whole))} ms, of them the server ${Math.round(p95(server))} ms ` +
      `(p95 of ${acts.length}; medians ${Math.round(median(whole))} and ${Math.round(median(server))}), the page at work for ${Math.round(work)} ms`,
  );
  hold(`${name}: an order or filter answered within 400 ms`, p95(whole) <= 400, `${rounded(whole)}, the server ${rounded(server)}`);
}

const twice = (words) => [...words, ...words].flatMap((w) => [["sort", w], ["sort", w]]);

const d = texts.en.documents;
const papers = await opened("documents", seller, "/documents");
await scrolled(papers, "documents");
const finds = ["LQ-00", "invoice-4", "发票", "LQ-09", "invoice-49", ""].map((text) => ["find", text]);
await asked(papers, "documents", [...twice([d.kind, d.number, d.file, d.state, d.uploaded]), ...finds]);
await papers.context().close();

const c = texts.en.payables.column;
const payables = await opened("payables", buyer, "/payables?tab=confirm");
await asked(payables, "payables", twice([c.number, c.due, c.amount]));
await soon(payables, "/", "what they come to, on the first screen, is", "dl dd");
await payables.context().close();
await finish();
