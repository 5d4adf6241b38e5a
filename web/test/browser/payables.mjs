// The core enterprise's work in a real browser, by two persons with passkeys of their own: claims
// are confirmed from a list of the books with one row that differs, 25 more with one gesture each,
// what one person signed they cannot sign again, and a part is disputed. Clicks and seconds are
// counted, the checker's half and the dispute are done with keys alone, and every screen is looked at
// in both languages, themes and widths.
//
//   node test/browser/payables.mjs MAKER CHECKER      with the environment of rig.mjs
//
// The organisation of the two has at least 27 claims that wait for its confirmation.
import { accessible, comes, finish, hold, open, seen, signIn, still, texts, unbroken, until, url, ways } from "./rig.mjs";
import { heldByKeys, keysOnly, tabTo, use } from "./keyboard.mjs";
import { client, persona } from "./person.mjs";

const [maker, checker] = process.argv.slice(2);
if (!checker) {
  console.error("usage: payables.mjs MAKER CHECKER");
  process.exit(2);
}
const t = texts.en;
const many = 25;

/** The words of a text with its values put in. */
const said = (text, values) => Object.entries(values).reduce((all, [k, v]) => all.replaceAll(`{{${k}}}`, v), text);
const confirmN = (n) => said(n === 1 ? t.payables.act.confirm_one : t.payables.act.confirm_other, { count: n });

/** Clicks that are counted, or what is pressed instead. */
function counter(page) {
  let clicks = 0;
  return { click: async (where) => (clicks++, use(page, where)), also: () => clicks++, clicks: () => clicks };
}

const all = (page) => page.getByRole("checkbox", { name: /^Choose all/ });
const passkey = (page) => page.getByRole("button", { name: t.signing.with.passkey });
const done = (page) => page.getByRole("button", { name: t.signing.done, exact: true });
const outcomes = (page, badge) => page.getByTestId("outcomes").getByText(badge, { exact: true });

const books = await client(maker);
const waiting = await books.get("/v1/receivables?side=obligor&phase=ISSUED&sort=number&limit=200");
hold("claims wait for their confirmation", waiting.items.length >= many + 2, `${waiting.items.length}`);
const { items: parties } = await books.get("/v1/organisations");
const nameOf = (id) => parties.find((o) => o.id === id).name;

/** A list as the books give it out; the amount of the last row is not that of its claim. */
function listOf(claims) {
  const rows = claims.map((c, n) =>
    [c.number, `"${nameOf(c.seller)}"`, n === claims.length - 1 ? "1.00" : c.face.amount, c.face.currency, c.due_date].join(","),
  );
  return Buffer.from(`cost_centre,invoice_number,supplier,amount,currency,due_date\n${rows.map((r) => `4711,${r}`).join("\n")}\n`);
}

const first = await persona(maker);
const second = await persona(checker);

// From the books: two rows match, one differs.
const listed = waiting.items.slice(0, 3);
await first.goto(`${url}/payables`);
await first.getByRole("button", { name: t.payables.list.open }).click();
await first.locator("input[type=file]").last().setInputFiles({ name: "应付.csv", mimeType: "text/csv", buffer: listOf(listed) });
const rows = first.getByTestId("list").locator("[data-index]");
await rows.getByText(t.payables.result.row.differs, { exact: true }).waitFor();
hold("the list says two rows match", (await rows.getByText(t.payables.result.row.matches, { exact: true }).count()) === 2);
hold("the wrong row says what the claim is", (await rows.nth(2).innerText()).includes(listed[2].face.currency));
hold("a column that says nothing is named", await comes(first.getByText("cost_centre")));
await accessible(first, "a list from the books");
await first.getByRole("button", { name: confirmN(2), exact: true }).click();
await first.getByRole("dialog").getByText(/list from your books/).waitFor();
hold("the dialog names the list", true);
await passkey(first).click();
await done(first).click();
await outcomes(first, t.payables.result.open).nth(1).waitFor();
hold("the maker's half is signed", (await outcomes(first, t.payables.result.open).count()) === 2);
const again = first.getByRole("button", { name: confirmN(0), exact: true });
await again.waitFor();
hold("who has signed is not asked again", await until(() => again.isDisabled()));
const list = new URL(first.url()).pathname;

// Who has signed is refused by the server too.
const pending = (await books.get(`/v1/receivables/${listed[0].id}`)).pending[0];
const refused = await first.evaluate(async (id) => {
  const answer = await fetch(`/v1/intents/${id}/signatures`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify({ value: btoa("no signature of mine") }),
  });
  return answer.status;
}, pending.id);
hold("a second signature of one person is refused", refused >= 400 && refused < 500, `${refused}`);
const stands = (await books.get(`/v1/receivables/${listed[0].id}`)).pending[0];
hold("and changed nothing", stands.duties.filter((d) => d.fulfilled).length === 1 && stands.state === "open");

// The checker signs the same list.
await second.goto(url + list);
await second.getByRole("button", { name: confirmN(2), exact: true }).click();
await passkey(second).click();
await done(second).click();
await outcomes(second, t.payables.result.committed).nth(1).waitFor();
hold("the checker's half confirms them", true);
const confirmed = await books.get(`/v1/receivables/${listed[0].id}`);
const kept = (await books.get(`/v1/payable-lists/${list.split("/").at(-1)}`)).digest;
hold("the digest of the file was signed", confirmed.confirmation.source === kept);

// Many with one gesture of the maker: clicks and seconds are counted from the first screen.
const n = waiting.items.length - 2;
await first.goto(`${url}/documents`);
await first.getByRole("heading", { level: 1 }).waitFor();
const bulk = counter(first);
const start = Date.now();
await bulk.click(first.getByRole("link", { name: t.nav.payables, exact: true }));
await bulk.click(all(first));
await bulk.click(first.getByRole("button", { name: confirmN(n), exact: true }));
await bulk.click(passkey(first));
await done(first).waitFor();
const seconds = (Date.now() - start) / 1000;
hold(`${n} payables in ${bulk.clicks()} clicks`, bulk.clicks() <= 4 && n >= many, `${n}`);
hold(`${n} payables in ${seconds.toFixed(1)} s`, seconds <= 30);
await done(first).click();
await first.getByTestId("outcomes").getByRole("listitem").nth(n - 1).waitFor();
hold("each has its line", (await first.getByTestId("outcomes").getByRole("listitem").count()) === n);
hold("what waits for a colleague cannot be chosen", await until(() => all(first).isDisabled())); // the list follows its outcomes

// Another order begins at the top, wherever the list was.
const down = () => first.getByTestId("list").evaluate((e) => e.scrollTop);
await first.getByTestId("list").evaluate((e) => e.scrollTo({ top: e.scrollHeight }));
hold("the list is longer than its place", (await down()) > 0);
await first.getByRole("columnheader", { name: t.payables.column.amount }).getByRole("button").click();
await first.waitForURL(/sort=/);
hold("another order begins at the top", await until(async () => (await down()) === 0));

// The checker's half with keys alone.
await second.goto(`${url}/payables`);
await second.getByRole("heading", { level: 1 }).waitFor();
await all(second).waitFor();
await keysOnly(second);
await use(second, all(second), "Space");
await use(second, second.getByRole("button", { name: confirmN(n), exact: true }));
await use(second, passkey(second));
await use(second, done(second));
await outcomes(second, t.payables.result.committed).nth(n - 1).waitFor();
heldByKeys(second, `the checker confirms ${n}`);

// A dispute from the row, with keys alone.
await keysOnly(first);
await first.goto(`${url}/payables?tab=confirmed`);
const dispute = counter(first);
await dispute.click(first.getByRole("button", { name: t.payables.dispute.button }).first());
await accessible(first, "the dispute sheet");
await use(first, first.getByRole("button", { name: t.payables.dispute.send, exact: true }));
hold("a dispute without a reason says so", await comes(first.getByText(t.payables.dispute.codeMissing)));
const code = first.getByLabel(t.payables.dispute.code);
await tabTo(first, code);
await first.keyboard.type(await code.locator("[value=quality]").innerText());
// What is typed too slowly begins another word: then the arrows go there.
for (let i = 0; i < 10 && (await code.inputValue()) !== "quality"; i++) await first.keyboard.press(i === 0 ? "Home" : "ArrowDown");
dispute.also(); // the choice is one
await dispute.click(first.getByRole("button", { name: t.payables.dispute.send, exact: true }));
await dispute.click(passkey(first));
await first.waitForFunction(() => !document.querySelector("[role=dialog]"));
hold(`a dispute in ${dispute.clicks()} clicks`, dispute.clicks() <= 4);
await use(first, first.getByRole("link", { name: t.nav.disputes, exact: true }));
const [disputed] = (await books.get("/v1/receivables?side=obligor&disputed=true")).items;
await first.getByRole("link", { name: disputed.number, exact: true }).waitFor();
hold("it stands among the disputes with its reason", disputed.reason_code === "quality");
heldByKeys(first, "a dispute");
unbroken(first, "the maker");
unbroken(second, "the checker");

// Every screen in every way.
for (const { language, scheme, size } of ways) {
  const name = `${language} ${scheme} ${size}`;
  const file = `${language}-${scheme}-${size}`;
  const page = await open({ language, scheme, size });
  await signIn(page, maker, language);
  for (const [path, what] of [
    ["/payables?tab=confirm", "payables-1-confirm"],
    ["/payables?tab=confirmed", "payables-2-confirmed"],
    [`/payables/${disputed.id}`, "payables-3-one"],
    [list, "payables-4-list"],
    ["/disputes", "payables-5-disputes"],
    ["/calendar", "payables-6-ladder"],
    ["/calendar?view=table", "payables-7-table"],
    [`/calendar?view=month&month=${disputed.due_date.slice(0, 7)}`, "payables-8-month"],
  ]) {
    await page.goto(url + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await still(page);
    await seen(page, `${name} ${what}`, `${file}-${what}`);
  }
  unbroken(page, name);
  await page.context().close();
}

await finish();
