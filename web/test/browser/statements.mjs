// A supplier's bank statement in a real browser: a file that is none is refused with its place, the
// statement is read, one line pays exactly, one in part, one is of nobody known and is set aside; the
// same file again is told to be the same. Who keeps the books of a supplier alone may sign what they
// brought; that a bank needs two is in job.mjs.
//
//   node test/browser/statements.mjs MAKER      with the environment of rig.mjs
//
// MAKER's organisation owns two receivables at least that are confirmed and payable to one account.
import { accessible, comes, finish, hold, open, seen, signIn, texts, unbroken, url, ways } from "./rig.mjs";
import { client, persona, signDialog } from "./person.mjs";

const [maker] = process.argv.slice(2);
if (!maker) {
  console.error("usage: statements.mjs MAKER");
  process.exit(2);
}
const t = texts.en.statements;
const books = await client(maker);
const owned = (await books.get("/v1/receivables?side=owner&phase=OPEN&sort=number&limit=100")).items;
const whole = (r) => Number(r.due.amount) === Number(r.face.amount) && Number(r.disputed.amount) === 0;
const [exact, short] = owned.filter((r) => !r.reservation && r.pay_to === owned[0].pay_to && whole(r));
hold("two receivables can be paid", exact !== undefined && short !== undefined);

const head = "account,booking_date,value_date,amount,currency,direction,reference,remittance,counterparty_name,counterparty_account";
const today = new Date().toISOString().slice(0, 10);
const run = Date.now().toString(36);
const line = (amount, text, payer, reference) =>
  [exact.pay_to, today, today, amount, exact.due.currency, "credit", `${run}-${reference}`, text, payer, ""].join(",");
const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const statement = file(
  `${run}.csv`,
  `${[head, line(exact.due.amount, exact.number, "Cangning", 1), line("10.00", `part of ${short.number}`, "Cangning", 2), line("7.00", "interest", "The bank", 3)].join("\n")}\n`,
);

const page = await persona(maker);
await page.getByRole("link", { name: texts.en.nav.statements, exact: true }).click();
const bring = page.getByTestId("statement");
await bring.setInputFiles(file("broken.csv", `${head}\n${line("a lot", "x", "y", 1)}\n`));
await page.getByText(t.upload.where.replace("{{path}}", "line 2")).waitFor();
hold("a wrong file is refused with its place", await comes(page.getByText(t.upload.wrong)));
await bring.setInputFiles(statement);
const act = (word) => page.getByRole("button", { name: new RegExp(`^${word}`) });
await act(t.act.record).nth(1).waitFor();
hold("one line pays exactly", await comes(page.getByText(t.fit.full, { exact: true })));
hold("one pays a part", await comes(page.getByText(t.fit.part, { exact: true })));
hold("one is of nobody known", await comes(page.getByText(t.unmatched.unknown, { exact: true })));
const here = page.url();

await page.locator("[data-index]").filter({ hasText: "interest" }).getByRole("button", { name: new RegExp(`^${t.act.setAside}`) }).click();
await act(`${t.aside.go}$`).last().click();
hold("a line is not set aside without a reason", await comes(page.getByText(t.aside.missing)));
await page.getByLabel(t.aside.reason).fill("Interest of the bank");
await accessible(page, "the sheet that sets aside");
await act(`${t.aside.go}$`).last().click();
await page.locator("[data-index]").getByText("Interest of the bank").waitFor(); // not the sheet, which closes after it

for (const [r, rows] of [[exact, 1], [short, 2]]) {
  // By its whole number, which another may begin with.
  const row = page.locator("[data-index]").filter({ has: page.getByRole("link", { name: r.number, exact: true }) });
  await row.getByRole("button", { name: new RegExp(`^${t.act.record}`) }).click();
  await page.getByRole("dialog").getByText(t.sign.one.replace("{{number}}", r.number)).waitFor();
  await signDialog(page, "en");
  await page.locator("[data-index]").getByText(t.state.recorded, { exact: true }).nth(rows - 1).waitFor();
}
const [paid, rest] = await Promise.all([exact, short].map((r) => books.get(`/v1/receivables/${r.id}`)));
hold("what was paid is settled, of the other the rest is open", paid.phase === "SETTLED" && Number(rest.due.amount) === Number(short.due.amount) - 10);

await page.goto(`${url}/statements`);
await bring.setInputFiles(statement);
await page.getByRole("link", { name: t.upload.openAgain }).waitFor();
hold("the same file again is the same statement", here.endsWith((await page.getByRole("link", { name: t.upload.openAgain }).getAttribute("href")).split("/").at(-1)));
unbroken(page, "the maker");

for (const way of ways) {
  const name = `${way.language} ${way.scheme} ${way.size}`;
  const look = await open(way);
  await signIn(look, maker, way.language);
  for (const [at, what] of [[`${url}/statements`, "statements"], [here, "statement"]]) {
    await look.goto(at);
    await look.locator("[data-index]").first().waitFor();
    await seen(look, `${name} ${what}`, `${what}-${way.language}-${way.scheme}-${way.size}`);
  }
  unbroken(look, name);
  await look.context().close();
}
await finish();
