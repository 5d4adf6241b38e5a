// Opens papers one after another, in the look beside the list and each on its own screen: how soon
// each PDF is painted, and what of them stays in memory.
//
//   node test/browser/inarow.mjs EMAIL COUNT      with the environment of rig.mjs
import { figures, finish, hold, inPage, median, open, p95, settled, signIn, texts, url } from "./rig.mjs";

const [email, count] = process.argv.slice(2);
const MB = 1024 * 1024;
const warm = 10;
const screens = 20;

const page = await open();
await page.addInitScript({ path: inPage });
await signIn(page, email);
await page.goto(`${url}/documents`);
await page.locator("[data-index] [data-open]").first().waitFor();

const pressed = (key) => page.evaluate((k) => window.measure.press(k), key);

await page.keyboard.press("j");
await pressed(" ");
for (let i = 1; i < warm; i++) await pressed("j");
const before = await settled(page);
const times = [];
for (let i = warm; i < Number(count); i++) times.push(await pressed("j"));
const after = await settled(page);
const heap = (after.JSHeapUsedSize - before.JSHeapUsedSize) / MB;
figures(`${times.length} papers in a row: painted after ${Math.round(median(times))} ms (median; p95 ${Math.round(p95(times))} ms)`);
figures(
  `heap ${(before.JSHeapUsedSize / MB).toFixed(1)} to ${(after.JSHeapUsedSize / MB).toFixed(1)} MB, listeners ` +
    `${before.JSEventListeners} to ${after.JSEventListeners}, nodes ${before.Nodes} to ${after.Nodes}`,
);
figures(`the page at work for ${Math.round(((after.TaskDuration - before.TaskDuration) * 1000) / times.length)} ms each`);
hold("the next paper is painted within 600 ms", median(times) <= 600);
hold("the heap grows by at most 10 MB", heap <= 10, `${heap.toFixed(1)} MB`);
hold("listeners stay as many", after.JSEventListeners <= before.JSEventListeners + 20, `${before.JSEventListeners} to ${after.JSEventListeners}`);

// The same on the screen of each paper, from the list and back.
await page.keyboard.press(" ");
await page.getByTestId("pdf-page").waitFor({ state: "detached" });
const opens = [];
let first;
for (let i = 0; i < screens; i++) {
  if (i === 3) first = await settled(page);
  opens.push(await page.evaluate((n) => window.measure.enter(n), i));
  await page.getByRole("link", { name: texts.en.common.back }).click();
  await page.locator("[data-index] [data-open]").nth(screens).waitFor();
}
const last = await settled(page);
figures(`a paper's own screen: painted after ${Math.round(median(opens))} ms (median of ${screens}; p95 ${Math.round(p95(opens))} ms)`);
figures(
  `and back: heap ${(first.JSHeapUsedSize / MB).toFixed(1)} to ${(last.JSHeapUsedSize / MB).toFixed(1)} MB, listeners ` +
    `${first.JSEventListeners} to ${last.JSEventListeners}, nodes ${first.Nodes} to ${last.Nodes}`,
);
hold("a paper opens and is painted within 600 ms", median(opens) <= 600, opens.map(Math.round).join(" "));
hold("screens leave no listeners", last.JSEventListeners <= first.JSEventListeners + 20);
await finish();
