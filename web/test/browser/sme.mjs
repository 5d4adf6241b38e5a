// The supplier's way in: from files to a signed request for financing, with clicks and seconds
// counted; a cut connection; the fields of a plain PDF; the case until an offer is accepted.
//
//   node test/browser/sme.mjs SELLER BUYER-MAKER BUYER-CHECKER BANK-MAKER BANK-CHECKER
//
// with the environment of rig.mjs. Prints a line for each thing that held and exits 1 when one
// did not.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hybrid } from "./hybrid.mjs";
import { client, persona, signDialog, signWithSoftware } from "./person.mjs";
import { accessible, finish, fits, hold, people, seen, shot, texts, unbroken, url, ways } from "./rig.mjs";

const [seller, buyer, buyerChecker, bank, bankChecker] = process.argv.slice(2);
if (!bankChecker) {
  console.error("usage: sme.mjs SELLER BUYER-MAKER BUYER-CHECKER BANK-MAKER BANK-CHECKER");
  process.exit(2);
}
const trade = new URL("../../../fixtures/living/trades/04-connectors/", import.meta.url);
const today = process.env.PORTAL_TODAY ? Date.parse(process.env.PORTAL_TODAY) : Date.now();
const day = (n) => new Date(today + n * 86_400_000).toISOString().slice(0, 10);

/** The papers of one trade between the people of this run, with numbers and days of its own: the
 * same goods for the same amount on the same days are the same claim. */
async function papers(number, earlier) {
  const names = [
    ["Dongguan Heling Connector Co., Ltd.", "Ningbo Lanqiao Castings Co., Ltd."],
    ["91441900XA4H2N8C2T", "91330212XA1Q7K2AXU"],
    ["Qingdao Luohai Appliance Co., Ltd.", "Cangning Equipment Co., Ltd."],
    ["91370212XA9L4H6E38", "91370211XA3C9M4B8L"],
    ["3901209904200110013", "3901209904172630018"],
    ["PL-60117", `PO-${number}`],
    ["HL-20391", `INV-${number}`],
    ["39960", "40000"],
  ];
  const read = async (file) => {
    let text = await readFile(new URL(file, trade), "utf8");
    for (const [from, to] of names) text = text.replaceAll(from, to);
    return Buffer.from(text.replace(/\{\{day ([+-]\d+)\}\}/g, (_, n) => day(Number(n) - earlier)));
  };
  return { order: await read("order.xml"), receipt: await read("receipt-advice.json"), invoice: await read("invoice.xml") };
}

/** The buyer has its order and its receipt in a trade of its own. */
async function buyerBrings(number, { order, receipt }) {
  const who = await client(buyer);
  const { token } = await (
    await fetch(`${url}/v1/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: buyer, password: people[buyer].password }),
    })
  ).json();
  const pack = await who.post("/v1/packs", {
    title: `Order PO-${number}`,
    parties: [
      { organisation: "LanqiaoMSP", side: "seller" },
      { organisation: "CangningMSP", side: "obligor" },
    ],
  });
  for (const [name, body] of [
    ["order.xml", order],
    ["receipt.json", receipt],
  ]) {
    const answer = await fetch(`${url}/v1/packs/${pack.id}/documents`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/octet-stream",
        "Content-Disposition": `attachment; filename="${name}"`,
        "Idempotency-Key": randomBytes(12).toString("hex"),
      },
      body,
    });
    if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
  }
  for (let n = 0; n < 200; n++) {
    const now = await who.get(`/v1/packs/${pack.id}`);
    if (now.papers.every((p) => p.state === "parsed")) return pack;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the buyer's papers were not read");
}

/** Counts what a person presses. */
async function counting(page) {
  await page.evaluate(() => {
    window.pressed = 0;
    window.addEventListener("pointerdown", (e) => e.isTrusted && window.pressed++, true);
  });
  const began = Date.now();
  return async () => ({ clicks: await page.evaluate(() => window.pressed), seconds: (Date.now() - began) / 1000 });
}

const filesOf = (number, { order, invoice }) => [
  { name: `invoice-${number}.pdf`, mimeType: "application/pdf", buffer: hybrid("xrechnung.xml", invoice) },
  { name: `order-${number}.xml`, mimeType: "application/xml", buffer: order },
];

/** Drops files where the pointer is, as a desktop does. */
async function drop(page, files) {
  const list = files.map((f) => ({ name: f.name, type: f.mimeType, data: f.buffer.toString("base64") }));
  await page.evaluate((given) => {
    const carried = new DataTransfer();
    for (const f of given) {
      const bytes = Uint8Array.from(atob(f.data), (c) => c.charCodeAt(0));
      carried.items.add(new File([bytes], f.name, { type: f.type }));
    }
    for (const kind of ["dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }
  }, list);
}

/** From the pack to the signed request. With keys nothing is pressed but the keyboard. */
async function request(page, language, name, keys = false) {
  const t = texts[language];
  const press = async (locator) => {
    if (!keys) return locator.click();
    await locator.focus();
    await page.keyboard.press(await locator.evaluate((e) => (e.type === "checkbox" ? "Space" : "Enter")));
  };
  await press(page.getByRole("button", { name: t.financing.request, exact: true }));
  const sheet = page.getByRole("dialog", { name: t.financing.request });
  const consent = sheet.getByRole("checkbox").last();
  await consent.waitFor();
  return {
    look: async (file) => {
      await accessible(page, `${name} sheet`);
      await shot(page, file);
    },
    submit: async () => {
      await press(consent);
      await press(sheet.getByRole("button", { name: t.financing.submit }));
      if (keys) {
        const sign = page.getByRole("button", { name: t.signing.with.passkey });
        await sign.waitFor();
        await press(sign);
      } else await signDialog(page, language);
      await page.waitForURL(/\/financings\/fin-/);
      await page.getByText(t.financing.status.standing, { exact: true }).first().waitFor();
    },
  };
}

/** The buyer confirms, the bank quotes: by their own keys, beside the browser. */
async function confirmedAndQuoted(id) {
  const owner = await client(seller);
  const f = await owner.get(`/v1/financings/${id}`);
  const [maker, checker, lender] = [await client(buyer), await client(buyerChecker), await client(bank)];
  const claim = await maker.get(`/v1/receivables/${f.receivable}`);
  const intent = await maker.post(`/v1/receivables/${f.receivable}/confirmation`, {
    amount: claim.face,
    promise: "acknowledgement",
    waives_defences: false,
    consents_to_split: false,
    text: "We owe it.",
  });
  await signWithSoftware(maker, intent);
  await signWithSoftware(checker, intent);
  for (let n = 0; n < 200; n++) {
    if ((await owner.get(`/v1/financings/${id}`)).state === "on_ledger") break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const quote = await lender.post(`/v1/financings/${id}/quote`, {
    advance_rate: "90",
    rate: "4.35",
    kind: "discount",
    day_count: "ACT/360",
    fee_rate: "0.1",
    fee_bearer: "seller",
    value_date: day(1),
    recourse: true,
    lapses_at: new Date(today + 5 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z"),
  });
  await signWithSoftware(lender, quote);
}

/** A connection that is cut at half of a file costs no more than one part. */
async function cut(page, language, name) {
  const t = texts[language];
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 3_000_000 };
  await network.send("Network.emulateNetworkConditions", slow);
  const size = 10 << 20;
  const sent = [];
  page.on("request", (r) => {
    if (r.method() === "PATCH") sent.push(Number(r.headers()["upload-offset"]));
  });
  const body = Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(size - 9)]);
  await drop(page, [{ name: `scan-${language}.bin`, mimeType: "application/octet-stream", buffer: body }]);
  const tray = page.getByRole("complementary", { name: t.upload.list });
  await page.waitForFunction(() => Number(document.querySelector("progress")?.value ?? 0) >= 50);
  await network.send("Network.emulateNetworkConditions", { ...slow, offline: true });
  await page.goBack().catch(() => undefined); // leaving the screen does not stop it
  await page.waitForTimeout(300);
  await network.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await tray.getByText(t.upload.done, { exact: true }).waitFor({ timeout: 30_000 });
  const part = 4 << 20;
  const again = sent.reduce((sum, at) => sum + Math.min(part, size - at), 0) - size;
  hold(`${name}: a cut connection costs at most one part`, again >= 0 && again <= part, `${again} bytes again, from ${sent}`);
}

/** A plain PDF: its fields are typed in, and everything that is wrong is said at once. */
async function typed(page, language, name, file) {
  const t = texts[language];
  const plain = Buffer.from(
    "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
      `3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\n%${file}\ntrailer<</Root 1 0 R>>\n%%EOF\n`,
  );
  await page.goto(`${url}/upload`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await drop(page, [{ name: `packing-list-${file}.pdf`, mimeType: "application/pdf", buffer: plain }]);
  await page.getByRole("heading", { level: 1, name: t.upload.heading }).waitFor();
  await page.getByRole("link", { name: t.upload.typeIn }).waitFor();
  await page.getByRole("button", { name: t.upload.confirm }).waitFor();
  await seen(page, `${name} asks`, `${file}-upload`);
  await page.getByRole("link", { name: t.upload.typeIn }).click();
  await page.getByRole("button", { name: t.fields.submit }).click();
  const wrong = page.getByRole("alert").filter({ hasText: t.fields.faults });
  await wrong.waitFor();
  const number = page.locator("#field-number");
  hold(`${name}: all faults are listed`, (await wrong.getByRole("listitem").count()) > 3);
  await page.waitForTimeout(50); // the frame in which the focus is moved
  hold(`${name}: the first fault has the focus`, await number.evaluate((e) => e === document.activeElement));
  await seen(page, `${name} fields`, `${file}-fields`);
  await number.fill(`PL-${file}`);
  await page.locator("#field-issue_date").fill(day(-2));
  await page.locator("#field-buyer-name").fill("Cangning Equipment Co., Ltd.");
  await page.locator("#field-lines-0--name").fill("Pump housing");
  await page.getByRole("button", { name: t.fields.submit }).click();
  await page.getByRole("heading", { level: 1, name: t.upload.heading }).waitFor();
  hold(`${name}: typed fields are taken`, true);
}

/** A programme that wants no papers besides those that every pack must hold. */
async function programme() {
  const lender = await client(bank);
  const intent = await lender.post("/v1/programmes", {
    seller: "LanqiaoMSP",
    obligor: "CangningMSP",
    limit: { amount: "50000000.00", currency: "CNY" },
    tenor_days: 180,
    agreement: "Deliveries by road, without a bill of lading",
  });
  for (const who of [lender, await client(bankChecker), await client(seller)]) await signWithSoftware(who, intent);
  for (let n = 0; n < 200; n++) {
    if ((await lender.get(`/v1/intents/${intent.id}`)).state === "committed") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the programme was not opened");
}

await programme();
for (const { language, scheme, size } of ways) {
  const name = `${language} ${scheme} ${size}`;
  const file = `sme-${language}-${scheme}-${size}`;
  const t = texts[language];
  const number = `${language === "en" ? "E" : "Z"}${size === "desk" ? 1 : 2}${scheme === "dark" ? "D" : ""}-${randomBytes(3).toString("hex")}`;
  const set = await papers(number, ways.findIndex((w) => w.language === language && w.scheme === scheme && w.size === size));
  await buyerBrings(number, set);
  const page = await persona(seller, { language, scheme, size });
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  const done = await counting(page);
  const dropped = size === "phone";
  if (dropped) await drop(page, filesOf(number, set));
  else {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: t.upload.upload, exact: true }).click();
    await (await chooser).setFiles(filesOf(number, set));
  }
  await page.waitForURL(/\/packs\/pack-/);
  const asked = page.getByRole("button", { name: t.financing.request, exact: true });
  await asked.waitFor({ timeout: 30_000 });
  await accessible(page, `${name} pack`);
  const sheet = await request(page, language, name, scheme === "dark" && !dropped);
  await sheet.look(`${file}-sheet`);
  await sheet.submit();
  const { clicks, seconds } = await done();
  const counted = clicks + (dropped ? 0 : 1); // the file dialog's own button
  const most = dropped ? 4 : 6;
  console.log(`${name}: files to signed request in ${counted} clicks and ${seconds.toFixed(1)} s`);
  hold(`${name}: at most ${most} clicks`, counted <= most, String(counted));
  hold(`${name}: at most 60 seconds`, seconds <= 60, String(seconds));
  await seen(page, `${name} case standing`, `${file}-standing`);
  await confirmedAndQuoted(page.url().split("/").pop());
  await page.getByRole("button", { name: t.financing.accept.button }).waitFor({ timeout: 30_000 });
  await seen(page, `${name} case quoted`, `${file}-quoted`);
  await page.getByRole("button", { name: t.financing.accept.button }).click();
  await signDialog(page, language);
  await page.getByText(t.financing.takesUp).waitFor({ timeout: 30_000 });
  hold(`${name}: an offer is accepted`, true);
  await page.goto(`${url}/financings`);
  await page.getByRole("table").waitFor();
  await seen(page, `${name} list`, `${file}-list`);
  await typed(page, language, name, file);
  if (size === "desk") await cut(page, language, name);
  await fits(page, name);
  unbroken(page, name);
  await page.context().close();
}

await finish();
