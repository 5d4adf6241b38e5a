// The whole job, by five personas with passkeys of their own: a supplier brings the papers of a trade
// and asks for financing, the core enterprise confirms what it owes, a bank's maker quotes and its
// checker approves, the buyer's payment settles it, and an auditor finds it and reads how it went.
// Clicks and seconds of each are counted, and every screen on the way is looked at. The way at a desk
// is gone with a pointer, files dropped; the other with keys alone (keyboard.mjs), files chosen.
//
//   node test/browser/job.mjs SELLER BUYER-MAKER BUYER-CHECKER BANK-MAKER BANK-CHECKER AUDITOR
//
// with the environment of rig.mjs. Each way is a trade of its own, and all go on side by side, so that
// there is a next case to open. Prints a line for each thing that held and exits 1 when one did not.
import { randomBytes } from "node:crypto";
import { heldByKeys, keysOnly, tabTo, use } from "./keyboard.mjs";
import { client, persona, signDialog } from "./person.mjs";
import { accessible, comes, drop, figures, finish, hold, open, seen, shot, signIn, still, texts, unbroken, until, url, ways } from "./rig.mjs";
import { brought, day, filesOf, papers, programme } from "./trade.mjs";

const [seller, buyer, buyerChecker, bank, bankChecker, auditor] = process.argv.slice(2);
if (!auditor) {
  console.error("usage: job.mjs SELLER BUYER-MAKER BUYER-CHECKER BANK-MAKER BANK-CHECKER AUDITOR");
  process.exit(2);
}
const act = (page, name) => page.getByRole("button", { name, exact: true });
const said = (text, values) => Object.entries(values).reduce((all, [k, v]) => all.replaceAll(`{{${k}}}`, v), text);

/**
 * Counts what a person presses for a deed and the seconds that it takes; a key that presses a button
 * counts as a click does. The touch of the passkey is the button of the dialog that asks for it: it is
 * counted beside the clicks.
 */
async function counted(trade, page, who, { most, within }, deed) {
  await page.evaluate((kind) => {
    window.pressed = { clicks: 0, touches: 0 };
    window.addEventListener(
      kind,
      (e) => e.isTrusted && window.pressed[e.target.closest("[role=dialog] [data-autofocus]") ? "touches" : "clicks"]++,
      true,
    );
  }, page.keys ? "click" : "pointerdown");
  const began = Date.now();
  const outside = (await deed()) ?? 0; // the file dialog's own button
  const seconds = (Date.now() - began) / 1000;
  const { clicks: inside, touches } = await page.evaluate(() => window.pressed);
  const clicks = inside + outside;
  figures(`${trade.name}: ${who}: ${clicks} ${page.keys ? "presses" : "clicks"}${touches ? " and the passkey" : ""}, ${seconds.toFixed(1)} s`);
  hold(`${trade.name}: ${who}: at most ${most} clicks`, clicks <= most, `${clicks}`);
  hold(`${trade.name}: ${who}: at most ${within} s`, seconds <= within, `${seconds}`);
}

/** Waits until the bank's stage of a case is so. */
async function reaches(trade, stage) {
  let now = "";
  for (let n = 0; n < 600 && now !== stage; n++) {
    now = (await lender.get(`/v1/financings/${trade.financing}`)).stage;
    if (now !== stage) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  hold(`${trade.name}: the case is ${stage}`, now === stage, `it is ${now}`);
}

/** A persona's first screen, in the way of the trade: where one stands after signing in. */
async function home(trade, email) {
  const page = await persona(email, trade.way);
  if (trade.way.size === "phone") await keysOnly(page);
  hold(`${trade.name}: ${email} begins at home`, new URL(page.url()).pathname === "/");
  return page;
}

async function away(trade, page, who) {
  if (page.keys) heldByKeys(page, `${trade.name}: ${who}`);
  unbroken(page, `${trade.name}: ${who}`);
  await page.context().close();
}

// From files to the signed request. A pointer drops files; a key opens the dialog that chooses them.
async function asks(trade) {
  const { t, name, file } = trade;
  await brought(trade, buyer);
  const page = await home(trade, seller);
  const dropped = !page.keys;
  const request = act(page, t.financing.request);
  const sheet = page.getByRole("dialog", { name: t.financing.request });
  const consent = sheet.getByRole("checkbox").last();
  await counted(trade, page, "supplier, files to signed request", { most: dropped ? 4 : 6, within: 60 }, async () => {
    const files = filesOf(trade);
    if (dropped) await drop(page, files);
    else {
      const chooser = page.waitForEvent("filechooser");
      await use(page, act(page, t.upload.upload));
      await (await chooser).setFiles(files);
    }
    await page.waitForURL(/\/packs\/pack-/);
    await request.waitFor();
    await accessible(page, `${name} pack`);
    await use(page, request);
    await consent.waitFor();
    await accessible(page, `${name} sheet`);
    await shot(page, `${file}-1-sheet`);
    await use(page, consent, "Space");
    await use(page, act(sheet, t.financing.submit));
    await signDialog(page, trade.way.language);
    await page.waitForURL(/\/financings\/fin-/);
    // The trade names its financing's state too, and is seen until the case has come.
    await page.getByRole("heading", { level: 1, name: trade.invoice }).waitFor();
    await page.getByText(t.financing.status.standing, { exact: true }).first().waitFor();
    return dropped ? 0 : 1;
  });
  trade.financing = page.url().split("/").pop();
  trade.supplier = page;
  await seen(page, `${name} case`, `${file}-2-standing`);
}

// The core enterprise confirms, in four eyes.
async function confirms(trade, email) {
  const { t } = trade;
  const page = await home(trade, email);
  const word = said(t.payables.act.confirm_one ?? t.payables.act.confirm_other, { count: 1 });
  await counted(trade, page, `core enterprise, ${email === buyer ? "maker" : "checker"}`, { most: 4, within: 30 }, async () => {
    await use(page, page.getByRole("link", { name: t.nav.payables, exact: true }));
    await use(page, page.getByRole("checkbox", { name: said(t.payables.choose, { number: trade.invoice }) }), "Space");
    await use(page, act(page, word));
    await signDialog(page, trade.way.language);
    await page.getByTestId("outcomes").getByRole("listitem").first().waitFor();
  });
  await away(trade, page, email);
}

const row = (page, trade) => page.locator(`[data-row] a[href^="/review/${trade.financing}"]`).first();

/** Every part of the review is in view on a desk, without a scroll. */
async function whole(trade, page, what) {
  if (trade.way.size !== "desk") return;
  const r = trade.t.review;
  for (const part of [r.papers, r.checks, r.decision, r.exposure, r.price.title]) {
    const box = await page.getByRole("region", { name: part, exact: true }).first().boundingBox();
    hold(`${what}: ${part} is in view`, box !== null && box.y >= 0 && box.y < 900 && box.x + box.width <= 1441);
  }
  const tall = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  hold(`${what}: the page does not scroll`, tall <= 0, `${tall} px`);
}

// The bank's maker sends the price that the review already names.
async function quotes(trade) {
  const { t, name, file } = trade;
  const page = await home(trade, bank);
  await use(page, row(page, trade));
  await page.getByText(t.review.price.allIn).waitFor();
  await seen(page, `${name} review to quote`, `${file}-3-quote`);
  await whole(trade, page, `${name} review to quote`);
  await use(page, act(page, t.review.act.return_seller));
  await page.getByText(t.review.reasonNeeded).waitFor();
  const reason = page.getByLabel(t.review.reason, { exact: true });
  hold(`${name}: a return without a reason asks for one`, await until(() => reason.evaluate((e) => e === document.activeElement)));
  await use(page, page.getByRole("link", { name: t.nav.inbox, exact: false }).first());
  await row(page, trade).waitFor();
  await counted(trade, page, "bank maker, quote", { most: 2, within: 90 }, async () => {
    await use(page, row(page, trade));
    await use(page, act(page, t.review.act.quote));
    await signDialog(page, trade.way.language);
    await page.waitForURL((to) => to.pathname !== `/review/${trade.financing}`);
  });
  trade.maker = page;
  await reaches(trade, "quoted");
}

// The supplier's open page shows the offer by itself; it is accepted with keys alone.
async function accepts(trade) {
  const { t, name, file, supplier: page } = trade;
  const accept = act(page, t.financing.accept.button);
  await accept.waitFor();
  await seen(page, `${name} offer`, `${file}-4-offer`);
  await use(page, accept);
  await signDialog(page, trade.way.language);
  await page.getByText(t.financing.takesUp).waitFor();
}

// The maker takes it up and sends it on, and is told why not to approve it as well.
async function prepares(trade) {
  const { t, name, maker: page } = trade;
  await page.goto(`${url}/review/${trade.financing}`);
  await use(page, act(page, t.review.act.take_up));
  await signDialog(page, trade.way.language);
  await use(page, act(page, t.review.act.toChecker));
  await signDialog(page, trade.way.language);
  await reaches(trade, "checking");
  await page.goto(`${url}/review/${trade.financing}`);
  await page.getByText(t.review.why.self).waitFor();
  hold(`${name}: who prepared it cannot approve`, await act(page, t.review.act.approve).isDisabled());
  await still(page); // the keys of the screen are taken a moment after it is drawn
  await page.keyboard.press("a");
  hold(`${name}: nor by key`, (await page.getByRole("dialog").count()) === 0);
}

// The checker approves: by mouse on a desk, by one key elsewhere; the next case opens by itself.
async function approves(trade) {
  const { t, name, file } = trade;
  const page = await home(trade, bankChecker);
  const desk = trade.way.size === "desk";
  await row(page, trade).waitFor();
  await counted(trade, page, `bank checker, approve${desk ? "" : " by key"}`, { most: 2, within: 90 }, async () => {
    await use(page, row(page, trade));
    await act(page, t.review.act.approve).waitFor();
    if (desk) await act(page, t.review.act.approve).click();
    else {
      await still(page); // the keys of the screen are taken a moment after it is drawn
      await page.keyboard.press("a");
    }
    await page.getByRole("dialog").getByText(t.signing.consequence).waitFor();
    await seen(page, `${name} the act is named`, `${file}-5-sign`);
    await signDialog(page, trade.way.language);
    await page.waitForURL((to) => to.pathname !== `/review/${trade.financing}`);
  });
  trade.checker = page;
  await reaches(trade, "approved");
}

// The payout is recorded by the same two, as any deed of the bank.
async function paysOut(trade) {
  const { t, name, file, maker, checker } = trade;
  await maker.goto(`${url}/review/${trade.financing}`);
  await use(maker, act(maker, t.review.act.toChecker));
  await signDialog(maker, trade.way.language);
  await reaches(trade, "paying");
  await checker.goto(`${url}/review/${trade.financing}`);
  await act(checker, t.review.act.disburse).waitFor();
  await seen(checker, `${name} review of the payout`, `${file}-6-payout`);
  await whole(trade, checker, `${name} review of the payout`);
  await use(checker, act(checker, t.review.act.disburse));
  await signDialog(checker, trade.way.language);
  await reaches(trade, "financed");
  await away(trade, maker, "bank maker");
  for (const [path, what] of [
    ["/portfolio", "portfolio"],
    ["/exposure", "exposure"],
    [`/exposure?with=${trade.financing}&by=programme`, "exposure with a case"],
    ["/exposure?table=true", "exposure as a table"],
  ]) {
    await checker.goto(url + path);
    await checker.getByRole("heading", { level: 1 }).first().waitFor();
    await seen(checker, `${name} ${what}`, `${file}-7-${what.replaceAll(" ", "-")}`);
  }
  await away(trade, checker, "bank checker");
}

// The buyer pays: the bank's maker brings the statement, whose line is matched by the invoice's number,
// and proposes it; another person of the bank signs what ends the claim and repays the financing.
async function settles(trade) {
  const { supplier: page, t, name, file } = trade;
  const f = await lender.get(`/v1/financings/${trade.financing}`);
  const claim = await lender.get(`/v1/receivables/${f.receivable}`);
  const head = "account,booking_date,value_date,amount,currency,direction,reference,remittance,counterparty_name,counterparty_account";
  const line = [claim.pay_to, day(0), day(0), claim.face.amount, claim.face.currency, "credit", `E-${trade.number}`, trade.invoice, "Cangning", ""];
  const maker = await open(trade.way);
  await signIn(maker, bank, trade.way.language);
  await maker.goto(`${url}/statements`);
  await maker.getByTestId("statement").setInputFiles({
    name: `statement-${trade.number}.csv`,
    mimeType: "text/csv",
    buffer: Buffer.from(`${head}\n${line.join(",")}\n`),
  });
  const propose = maker.getByRole("button", { name: new RegExp(`^${t.statements.act.propose}`) });
  await propose.waitFor();
  hold(`${name}: the payment is matched to its claim`, await comes(maker.getByRole("link", { name: trade.invoice })));
  await seen(maker, `${name} statement`, `${file}-8-statement`);
  await use(maker, propose);
  await maker.getByText(t.statements.waitsOther).waitFor();
  const statement = maker.url();
  await away(trade, maker, "bank maker");
  const checker = await persona(bankChecker, trade.way);
  await checker.goto(statement);
  await use(checker, checker.getByRole("button", { name: new RegExp(`^${t.statements.act.sign}`) }));
  await signDialog(checker, trade.way.language);
  await reaches(trade, "settled");
  await checker.goto(`${url}/review/${trade.financing}`);
  await checker.getByTestId("payments").getByRole("link").waitFor();
  hold(`${name}: the case names the line of the statement`, true);
  await away(trade, checker, "bank checker");
  await page.getByText(t.financing.status.repaid, { exact: true }).first().waitFor();
  await seen(page, `${name} case repaid`, `${file}-8-repaid`);
  await page.goto(`${url}/financings`);
  await page.getByRole("table").waitFor();
  await seen(page, `${name} list`, `${file}-9-list`);
  await away(trade, page, "supplier");
}

// With keys: the claim is found from anywhere, traced, computed again, and the log is taken out as a file.
async function tracesByKeys(trade, page) {
  const { t } = trade;
  await keysOnly(page);
  await still(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: t.search.label }).waitFor();
  await page.keyboard.type(trade.invoice);
  await page.getByRole("option", { name: new RegExp(trade.invoice) }).first().waitFor();
  await page.keyboard.press("Enter");
  await use(page, act(page, t.trace.proof.run));
  await page.getByText(t.trace.proof.outcome.pass).waitFor();
  await use(page, page.getByRole("link", { name: t.nav.audit, exact: true }));
  await use(page, act(page, t.export.label.replace("{{list}}", t.export.list.audit)));
  const file = page.waitForEvent("download");
  await tabTo(page, page.getByRole("menuitem", { name: t.export.csv, exact: true }), "ArrowDown");
  await page.keyboard.press("Enter");
  hold(`${trade.name}: a list is taken out with keys`, (await (await file).path()) !== "");
}

// The auditor finds the trade, reads its papers, and takes the report of it.
async function audits(trade) {
  const { t, name, file } = trade;
  const page = await open(trade.way);
  await signIn(page, auditor, trade.way.language);
  if (trade.way.size === "phone") await tracesByKeys(trade, page);
  await counted(trade, page, "auditor, to the trade", { most: 3, within: 20 }, async () => {
    await use(page, page.getByRole("link", { name: t.nav.packs, exact: true }));
    await use(page, page.getByRole("link", { name: trade.title }).first());
    await page.getByRole("region", { name: t.pack.matrix }).waitFor();
  });
  await seen(page, `${name} trade as the auditor sees it`, `${file}-10-audit`);
  const dossier = await page.evaluate(async (subject) => {
    const asked = await fetch("/v1/reports", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
      body: JSON.stringify({ kind: "dossier", format: "pdf", subject }),
    });
    const { file_url } = await asked.json();
    return (await (await fetch(file_url)).text()).slice(0, 5);
  }, trade.financing);
  hold(`${name}: the auditor has the dossier of the financing`, dossier === "%PDF-", dossier);
  await away(trade, page, "auditor");
}

const lender = await client(bank);
await programme(lender, await client(bankChecker), await client(seller));
const trades = ways.map((way, n) => {
  const number = `${way.language === "en" ? "E" : "Z"}${n}-${randomBytes(3).toString("hex")}`;
  const name = `${way.language} ${way.scheme} ${way.size}`;
  const file = `job-${way.language}-${way.scheme}-${way.size}`;
  return { way, name, file, number, invoice: `INV-${number}`, title: `Order PO-${number}`, t: texts[way.language], papers: papers(number, n) };
});
for (const step of [
  asks,
  (trade) => confirms(trade, buyer),
  (trade) => confirms(trade, buyerChecker),
  quotes,
  accepts,
  prepares,
  approves,
  paysOut,
  settles,
  audits,
]) {
  for (const trade of trades) await step(trade);
}
await finish();
