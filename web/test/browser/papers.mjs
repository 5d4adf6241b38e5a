// Drives the papers of a running node in a real browser: signs in, brings a paper with faults,
// and wants each finding shown in its place, in both languages, themes and widths, without a
// violation of accessibility or of the content policy.
//
//   node test/browser/papers.mjs EMAIL OTHER-ORGANISATION      with the environment of rig.mjs
//
// Prints a line for each thing that held and exits 1 when one did not.
import { readFile } from "node:fs/promises";
import { hybrid } from "./hybrid.mjs";
import { accessible, comes, finish, fits, hold, open, seen, shot, signIn, texts, unbroken, until, url, ways } from "./rig.mjs";

const [email, other] = process.argv.slice(2);
if (!other) {
  console.error("usage: papers.mjs EMAIL OTHER-ORGANISATION");
  process.exit(2);
}

/** Brings a paper through the API with the session of the page, into a trade pack of its own. */
async function bring(page, type, name, bytes) {
  return page.evaluate(
    async ({ base64, obligor, media, file }) => {
      const who = await (await fetch("/v1/session")).json();
      const pack = await fetch("/v1/packs", {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
        body: JSON.stringify({
          title: "Portal test",
          parties: [
            { side: "seller", organisation: who.organisation },
            { side: "obligor", organisation: obligor },
          ],
        }),
      });
      const { id } = await pack.json();
      const kept = await fetch(`/v1/packs/${id}/documents`, {
        method: "POST",
        headers: {
          "Content-Type": media,
          "Idempotency-Key": crypto.randomUUID(),
          "Content-Disposition": `attachment; filename="${file}"`,
        },
        body: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
      });
      const document = await kept.json();
      for (let i = 0; i < 600; i++) {
        const now = await (await fetch(`/v1/documents/${document.id}`)).json();
        if (now.state !== "received") return now;
        await new Promise((r) => setTimeout(r, 100));
      }
      return document;
    },
    { base64: bytes.toString("base64"), obligor: other, media: type, file: name },
  );
}

/** Whether a mark is within its pane and the window. */
function inView(mark) {
  const box = mark.getBoundingClientRect();
  const pane = mark.closest("section").getBoundingClientRect();
  return box.top >= Math.max(pane.top, 0) - 1 && box.bottom <= Math.min(pane.bottom, window.innerHeight) + 1;
}

/** The texts of findings and marks that must be seen for the paper. */
async function findingsInPlace(page, language, paper, name) {
  const t = texts[language].document;
  await page.goto(`${url}/documents/${paper.id}`);
  await page.getByTestId("source").waitFor();
  const cards = page.getByRole("listitem");
  hold(`${name}: every finding is told`, await until(async () => (await cards.count()) === paper.findings.length));
  const placed = paper.findings.map((f, i) => ({ ...f, i })).filter((f) => f.offset !== undefined || f.length !== undefined);
  hold(`${name}: findings have places`, placed.length > 0);
  for (const f of placed) {
    const card = cards.filter({ hasText: f.rule }).filter({ hasText: f.path }).first();
    await card.getByRole("button", { name: t.show }).click();
    const chosen = page.locator("mark[data-chosen]").first();
    await chosen.waitFor();
    let said = "";
    const shown = await until(async () => { // a few frames: the mark is drawn, and brought into view
      said = (await page.locator("mark[data-chosen]").allInnerTexts()).join("");
      return said !== "" && (!f.claimed || !f.length || said.includes(f.claimed)) && (await chosen.evaluate(inView));
    });
    hold(`${name}: ${f.rule} is marked in view, with its value`, shown, `${said} for ${f.claimed}`);
  }
}

/** The pages of a hybrid PDF are painted, and a finding lights up in the invoice that it carries. */
async function pdfInPlace(page, language, paper, name, file) {
  const t = texts[language].document;
  await page.goto(`${url}/documents/${paper.id}`);
  const canvas = page.getByTestId("pdf-page");
  await canvas.waitFor();
  await page.getByRole("button", { name: "xrechnung.xml", exact: true }).waitFor();
  const painted = () =>
    canvas.evaluate((c) => {
      const pixels = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
      return pixels.some((v, i) => i % 4 === 0 && v < 100 && pixels[i + 3] === 255);
    });
  hold(`${name}: the page is painted`, await until(painted));
  await accessible(page, name);
  await shot(page, `${file}-8-pdf`);
  const finding = paper.findings.find((f) => f.rule === "BR-CO-16");
  hold(`${name}: the place is in the invoice inside`, finding?.path.startsWith("xrechnung.xml:/") && finding.length > 0);
  const card = page.getByRole("listitem").filter({ hasText: "BR-CO-16" });
  await card.getByRole("button", { name: t.show }).click();
  const chosen = page.locator("mark[data-chosen]").first();
  await chosen.waitFor();
  hold(`${name}: it lights up there`, await until(async () => (await chosen.innerText()) === "1290.00"));
  await shot(page, `${file}-9-inside`);
}

/** What the API answers to the person of the page, in Chinese. */
function asked(page, path) {
  return page.evaluate(async (p) => (await fetch(p, { headers: { "Accept-Language": "zh-CN" } })).json(), path);
}

/** Facts whose values are names: they stay as the papers state them. */
const named = new Set(["seller", "buyer", "item", "vessel", "port_of_loading", "port_of_discharge", "payee_account"]);

/** On the screen of a pack nothing is in English but what the papers and the parties call themselves. */
async function toldInChinese(page, name) {
  // First the screen, then what it is made of: in between there is only more to be known.
  let text = await page.locator("main").innerText();
  const pack = await asked(page, `/v1/packs/${page.url().split("/").pop()}`);
  const { columns, rows } = pack.verification.matrix;
  const own = [
    "Factur-X",
    "ZUGFeRD",
    "eBL",
    "MiB",
    pack.title,
    ...(await asked(page, "/v1/organisations")).items.map((o) => o.name),
    ...pack.papers.flatMap((p) => [p.file_name, p.number ?? ""]),
    ...columns.map((c) => c.number),
    ...rows.map((r) => r.item ?? ""),
    ...rows.filter((r) => named.has(r.fact)).flatMap((r) => r.cells.map((c) => c.value ?? "")),
  ];
  for (const word of own.filter((w) => w !== "").sort((a, b) => b.length - a.length)) text = text.replaceAll(word, " ");
  const left = text.match(/[A-Za-z]*[a-z][A-Za-z]*/g) ?? [];
  hold(`${name}: nothing is in English`, left.length === 0, left.join(" "));
}

/** Brings papers through the page as people do, and opens a cell of the matrix. */
async function packInPlace(page, language, name, file) {
  const t = texts[language];
  await page.getByRole("link", { name: "Portal test" }).last().click(); // the oldest, with the invoice alone
  await page.getByRole("heading", { level: 1, name: "Portal test" }).waitFor();
  const order = await readFile(new URL("order.xml", import.meta.url), "utf8");
  const stamp = file.replaceAll("-", "");
  await page.getByTestId("files").setInputFiles([
    { name: `order-${stamp}.xml`, mimeType: "application/xml", buffer: Buffer.from(order.replace("PO-7", `PO-${stamp}`)) },
    { name: `again-${stamp}.xml`, mimeType: "application/xml", buffer: invoice },
    { name: `空-${stamp}.xml`, mimeType: "application/xml", buffer: Buffer.from("") },
  ]);
  const tray = page.getByRole("complementary", { name: t.upload.list });
  await tray.getByText(t.upload.done, { exact: true }).waitFor();
  await tray.getByText(t.upload.already, { exact: true }).waitFor();
  await tray.getByText(t.upload.failed, { exact: true }).waitFor();
  hold(`${name}: a refused file says why`, (await tray.getByRole("alert").innerText()).length > 10);
  await accessible(page, `${name} with files sent`);
  await shot(page, `${file}-6-sent`);
  await tray.getByRole("button", { name: t.upload.close }).click();
  await page.getByRole("region", { name: t.pack.matrix }).waitFor();
  // With the order that came: a matrix from before it would be drawn anew while it is looked at.
  await page.getByRole("link", { name: `PO-${stamp}` }).first().waitFor();
  await until(async () => (await page.getByText(t.pack.stale).count()) === 0);
  if (language === "zh-CN") await toldInChinese(page, `${name} matrix`);
  // The order states another price: claim and source light up beside each other.
  const cell = page.getByRole("row", { name: t.fact.unit_price }).getByRole("button").filter({ hasText: t.cell.contradicts }).first();
  await cell.click();
  const lit = page.getByTestId("compare").locator("mark[data-chosen]");
  await lit.nth(1).waitFor();
  let said = [];
  const both = await until(async () => {
    said = await lit.allInnerTexts();
    return said.includes("100.00") && said.includes("90.00");
  });
  hold(`${name}: both places light up`, both, said.join(" | "));
  await accessible(page, `${name} matrix`);
  await fits(page, `${name} matrix`);
  await page.getByRole("region", { name: t.pack.matrix }).scrollIntoViewIfNeeded();
  await shot(page, `${file}-7-matrix`);
}

/** Asks the other party of the pack that is open for a paper, finds it in the list, and takes it back. */
async function askedFor(page, language, name, file) {
  const t = texts[language].requests;
  await page.getByRole("button", { name: t.ask.open }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: t.ask.send, exact: true }).click();
  hold(`${name}: what is missing is said`, await comes(sheet.getByText(t.ask.whomMissing)));
  await sheet.getByLabel(t.ask.whom).selectOption(other);
  await sheet.getByLabel(t.ask.kind).selectOption("packing_list");
  await accessible(page, `${name} asking`);
  await shot(page, `${file}-8-asking`);
  await sheet.getByRole("button", { name: t.ask.send, exact: true }).click();
  await page.locator("[data-request=open]").waitFor();
  await page.goto(`${url}/requests`);
  const request = page.locator("[data-request=open]");
  await request.waitFor();
  await seen(page, `${name} requests`, `${file}-9-requests`);
  await request.getByRole("button", { name: t.takeBack }).click();
  await request.waitFor({ state: "detached" });
  hold(`${name}: a request is taken back`, await comes(page.locator("[data-request=withdrawn]").first()));
}

const signedOut = await open();
await signedOut.goto(`${url}/documents`);
await signedOut.waitForURL(/sign-in/);
hold("a stranger is asked to sign in", true);
await signedOut.getByRole("button", { name: texts.en.signIn.submit, exact: true }).click();
hold("an empty form says what is missing", await comes(signedOut.getByText(texts.en.signIn.emailMissing)));
await signedOut.context().close();

const invoice = await readFile(new URL("broken-invoice.xml", import.meta.url));
let paper;
let pdf;
for (const { language, scheme, size } of ways) {
  const name = `${language} ${scheme} ${size}`;
  const file = `${language}-${scheme}-${size}`;
  const page = await open({ language, scheme, size });
  await page.goto(`${url}/sign-in`);
  await page.getByRole("button", { name: texts[language].signIn.submit, exact: true }).waitFor();
  await seen(page, `${name} sign-in`, `${file}-1-sign-in`);
  await signIn(page, email, language);
  paper ??= await bring(page, "application/xml", "broken-invoice.xml", invoice);
  pdf ??= await bring(page, "application/pdf", "hybrid.pdf", hybrid("xrechnung.xml", invoice));
  await page.goto(`${url}/documents`);
  await page.getByRole("table").waitFor();
  await seen(page, `${name} documents`, `${file}-2-documents`);
  await findingsInPlace(page, language, paper, `${name} document`);
  await seen(page, `${name} document`, `${file}-3-document`);
  await page.getByRole("tab", { name: texts[language].document.fields }).click();
  await shot(page, `${file}-4-fields`);
  await pdfInPlace(page, language, pdf, `${name} PDF`, file);
  await page.goto(`${url}/packs`);
  await page.getByRole("table").waitFor();
  await seen(page, `${name} packs`, `${file}-5-packs`);
  await packInPlace(page, language, `${name} pack`, file);
  await askedFor(page, language, name, file);
  unbroken(page, name);
  await page.goto(`${url}/documents/doc-no-such`);
  await page.getByText(texts[language].common.missing.title).waitFor();
  hold(`${name}: what is not there says so`, true);
  await page.context().close();
}

await finish();
