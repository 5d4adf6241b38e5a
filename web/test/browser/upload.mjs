// What goes wrong on a supplier's way in, in both languages: a connection that is cut half way, and a
// plain PDF whose fields a person types in, wrong at first. On a phone it is done with keys alone, as
// at a desk with a very large print.
//
//   node test/browser/upload.mjs SELLER      with the environment of rig.mjs
//
// Prints a line for each thing that held and exits 1 when one did not.
import { randomBytes } from "node:crypto";
import { enter, heldByKeys, keysOnly, use } from "./keyboard.mjs";
import { drop, finish, hold, open, seen, signIn, texts, unbroken, until, url, ways } from "./rig.mjs";

const [seller] = process.argv.slice(2);
if (!seller) {
  console.error("usage: upload.mjs SELLER");
  process.exit(2);
}
const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

/** A connection that is cut at half of a file costs no more than one part. */
async function cut(page, language, name) {
  const t = texts[language];
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 1_250_000 }; // so that the second half takes longer than to cut it
  await network.send("Network.emulateNetworkConditions", slow);
  const size = 10 << 20;
  const sent = [];
  page.on("request", (r) => {
    if (r.method() === "PATCH") sent.push(Number(r.headers()["upload-offset"]));
  });
  const body = Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(size - 9)]);
  const called = `scan-${language}.bin`;
  await drop(page, [{ name: called, mimeType: "application/octet-stream", buffer: body }]);
  // Its own row: the paper that was brought before has been kept already.
  const own = page.getByRole("complementary", { name: t.upload.list }).getByRole("listitem").filter({ hasText: called });
  await page.waitForFunction(() => Number(document.querySelector("progress")?.value ?? 0) >= 50);
  const lost = page.waitForEvent("requestfailed", (r) => r.method() === "PATCH");
  await network.send("Network.emulateNetworkConditions", { ...slow, offline: true });
  await page.goBack().catch(() => undefined); // leaving the screen does not stop it
  await lost;
  await network.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await own.getByText(t.upload.done, { exact: true }).waitFor();
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
  const paper = [{ name: `packing-list-${file}.pdf`, mimeType: "application/pdf", buffer: plain }];
  if (page.keys) {
    const chooser = page.waitForEvent("filechooser");
    await use(page, page.getByRole("button", { name: t.upload.upload, exact: true }));
    await (await chooser).setFiles(paper);
  } else await drop(page, paper);
  await page.getByRole("heading", { level: 1, name: t.upload.heading }).waitFor();
  await page.getByRole("link", { name: t.upload.typeIn }).waitFor();
  await page.getByRole("button", { name: t.upload.confirm }).waitFor();
  await seen(page, `${name} asks`, `${file}-upload`);
  await use(page, page.getByRole("link", { name: t.upload.typeIn }));
  await use(page, page.getByRole("button", { name: t.fields.submit }));
  const wrong = page.getByRole("alert").filter({ hasText: t.fields.faults });
  await wrong.waitFor();
  const number = page.locator("#field-number");
  hold(`${name}: all faults are listed`, (await wrong.getByRole("listitem").count()) > 3);
  const focused = await until(() => number.evaluate((e) => e === document.activeElement)); // within a frame
  hold(`${name}: the first fault has the focus`, focused);
  await seen(page, `${name} fields`, `${file}-fields`);
  await enter(page, number, `PL-${file}`);
  await enter(page, page.locator("#field-issue_date"), day(-2));
  await enter(page, page.locator("#field-buyer-name"), "Cangning Equipment Co., Ltd.");
  await enter(page, page.locator("#field-lines-0--name"), "Pump housing");
  await use(page, page.getByRole("button", { name: t.fields.submit }));
  await page.getByRole("heading", { level: 1, name: t.upload.heading }).waitFor();
  hold(`${name}: typed fields are taken`, true);
}

for (const { language, scheme, size } of ways) {
  const name = `${language} ${scheme} ${size}`;
  const page = await open({ language, scheme, size });
  await signIn(page, seller, language);
  if (size === "phone") await keysOnly(page);
  await typed(page, language, name, `upload-${language}-${scheme}-${size}`);
  if (size === "desk") await cut(page, language, name);
  if (page.keys) heldByKeys(page, name);
  unbroken(page, name);
  await page.context().close();
}

await finish();
