// Drives a bank's screens in a real browser: a maker quotes and prepares, another person approves,
// clicks counted; the maker does not approve, a return wants a reason, and all of the review is seen
// at 1440 × 900 without scrolling.
//
//   node test/browser/bank.mjs MAKER CHECKER SELLER FINANCING FINANCING FINANCING   with the environment of rig.mjs
//
// The financings are asked for and not priced. Prints a line for each thing that held and exits 1
// when one did not.
import { client, persona, signDialog, signWithSoftware } from "./person.mjs";
import { finish, hold, seen, texts, unbroken, url } from "./rig.mjs";

const [maker, checker, seller, first, second, third] = process.argv.slice(2);
if (!third) {
  console.error("usage: bank.mjs MAKER CHECKER SELLER FINANCING FINANCING FINANCING");
  process.exit(2);
}

const t = texts.en.review;
const act = (page, name) => page.getByRole("button", { name, exact: true });
const at = (page, id) => page.waitForURL((to) => to.pathname === `/review/${id}`);
const stageOf = async (who, id) => (await who.get(`/v1/financings/${id}`)).stage;

async function reaches(who, id, stage) {
  for (let i = 0; i < 100; i++) {
    if ((await stageOf(who, id)) === stage) return true;
    await new Promise((r) => setTimeout(r, 100));
  }
  return false;
}

/** Every part of the review is on the page without scrolling it. */
async function whole(page, name) {
  const parts = [t.papers, t.checks, t.decision, t.exposure, t.price.title];
  for (const part of parts) {
    const box = await page.getByRole("region", { name: part, exact: true }).first().boundingBox();
    hold(`${name}: ${part} is in view`, box !== null && box.y >= 0 && box.y < 900 && box.x + box.width <= 1441);
  }
  const tall = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  hold(`${name}: the page does not scroll`, tall <= 0, `${tall} px`);
}

const bank = await client(maker);
const asker = await client(seller);
const page = await persona(maker);

// The maker: row, price prefilled, send.
await page.goto(`${url}/pipeline?sort=requested&order=asc`);
const rows = page.getByRole("table").getByRole("link");
await rows.first().waitFor();
await seen(page, "pipeline", "bank-1-pipeline");
let clicks = 0;
await page.locator(`a[href^="/review/${first}"]`).click();
clicks++;
await at(page, first);
await act(page, t.act.quote).waitFor();
await page.getByText(t.price.allIn).waitFor();
await seen(page, "review to quote", "bank-2-quote");
await whole(page, "review to quote");
await act(page, t.act.quote).click();
clicks++;
await signDialog(page);
await page.waitForURL((to) => to.pathname !== `/review/${first}`);
hold("a maker quotes in two clicks and the next case opens", clicks === 2 && (await reaches(bank, first, "quoted")));

// The seller accepts; the maker takes it up and sends it to the checker.
const reserve = await asker.post(`/v1/financings/${first}/acceptance`, {});
await signWithSoftware(asker, reserve);
await page.goto(`${url}/review/${first}`);
await act(page, t.act.take_up).click();
await signDialog(page);
await act(page, t.act.toChecker).click();
await signDialog(page);
hold("it waits for a checker", await reaches(bank, first, "checking"));
await page.goto(`${url}/review/${first}`);
await page.getByText(t.why.self).waitFor();
hold("who prepared it is told why not to approve", await act(page, t.act.approve).isDisabled());
await page.keyboard.press("a");
hold("nor by key", (await page.getByRole("dialog").count()) === 0);

// A return needs a reason and says so.
await page.goto(`${url}/review/${second}`);
await act(page, t.act.return_seller).click();
await page.getByText(t.reasonNeeded).waitFor();
hold("a return without a reason asks for one", await page.getByLabel(t.reason).evaluate((e) => e === document.activeElement));

// The checker, by mouse.
const other = await persona(checker);
await other.goto(`${url}/pipeline?sort=requested&order=asc`);
await other.locator(`a[href^="/review/${first}"]`).click();
await act(other, t.act.approve).waitFor();
await seen(other, "review to check", "bank-4-check");
await whole(other, "review to check");
await other.keyboard.press("a"); // one key and the passkey
await other.getByRole("dialog").waitFor();
await seen(other, "the act is named", "bank-5-sign");
await signDialog(other);
hold("a checker approves by one key and the passkey", await reaches(bank, first, "approved"));
await other.waitForURL((to) => to.pathname !== `/review/${first}`);
hold("the next case opens by itself", true);
unbroken(other, "checker");

// Portfolio and exposure, in Chinese on a phone too.
for (const way of [{}, { language: "zh-CN", scheme: "dark", size: "phone" }]) {
  const p = await persona(checker, way);
  const name = way.language ?? "en";
  for (const path of ["/portfolio", "/exposure", `/exposure?with=${third}&by=programme`, "/exposure?table=true", `/review/${third}`]) {
    await p.goto(url + path);
    await p.getByRole("heading", { level: 1 }).first().waitFor();
    await seen(p, `${name} ${path.replace(third, "…")}`, `bank-${name}${path.replace(third, "").replaceAll(/[^a-z]/g, "-")}`);
  }
  unbroken(p, name);
  await p.context().close();
}
unbroken(page, "maker");
await finish();
