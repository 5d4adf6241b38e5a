// Sends 20 files at once over a slow line: how often each tells how far it is, that each can be
// cancelled and tried again, that leaving the screen stops nothing and closing the tab asks.
//
//   node test/browser/twenty.mjs EMAIL      with the environment of rig.mjs
import { figures, finish, hold, inPage, open, signIn, texts, url } from "./rig.mjs";

const [email] = process.argv.slice(2);
const count = 20;
const size = 600_000;
const line = { offline: false, latency: 40, downloadThroughput: 1_000_000, uploadThroughput: 500_000 };
const t = texts.en.upload;
const nameOf = (i) => `paper-${String(i).padStart(2, "0")}.xml`;

const page = await open();
await page.addInitScript({ path: inPage });
await signIn(page, email);
const pack = await page.evaluate(async () => {
  const who = await (await fetch("/v1/session")).json();
  const parties = [
    { side: "seller", organisation: who.organisation },
    { side: "obligor", organisation: "CangningMSP" },
  ];
  const answer = await fetch("/v1/packs", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify({ title: "Twenty files", parties }),
  });
  return (await answer.json()).id;
});
await page.goto(`${url}/packs/${pack}`);
await page.getByTestId("files").waitFor({ state: "attached" });

await page.evaluate(() => window.measure.follow());
const client = await page.context().newCDPSession(page);
await client.send("Network.enable");
await client.send("Network.emulateNetworkConditions", line);
const files = Array.from({ length: count }, (_, i) => ({
  name: nameOf(i),
  mimeType: "application/xml",
  buffer: Buffer.from(`<?xml version="1.0"?><paper n="${i}">${Math.random()}${"x".repeat(size)}</paper>`),
}));
await page.getByTestId("files").setInputFiles(files);
const tray = page.getByRole("complementary", { name: t.list });
const row = (i) => tray.getByRole("listitem").filter({ hasText: nameOf(i) });
await row(count - 1).waitFor();
hold("20 files are taken at once", (await tray.getByRole("listitem").count()) === count);

// Another screen: the tray stays and goes on.
await page.getByRole("link", { name: texts.en.nav.documents, exact: true }).click();
await page.getByRole("heading", { level: 1, name: texts.en.documents.title }).waitFor();
const before = await tray.getByText(t.done, { exact: true }).count();
await page.waitForFunction(([word, n]) => [...document.querySelectorAll("aside li")].filter((l) => l.textContent.includes(word)).length > n, [t.done, before]);
hold("leaving the screen stops nothing", true);

// Each that is not over can be cancelled, and each cancelled one tried again.
const cancelled = [];
for (let i = count - 1; i >= count - 10; i--) {
  const button = row(i).getByRole("button", { name: t.cancel.replace("{{file}}", nameOf(i)) });
  await button.click();
  await row(i).getByText(t.cancelled, { exact: true }).waitFor();
  cancelled.push(i);
}
hold("each file can be cancelled", cancelled.length === 10);

// Closing the tab asks while files are on their way.
const asks = page.waitForEvent("dialog", { timeout: 10_000 });
void page.close({ runBeforeUnload: true });
const dialog = await asks;
hold("closing the tab asks", dialog.type() === "beforeunload");
await dialog.dismiss();

for (const i of cancelled) await row(i).getByRole("button", { name: t.retry.replace("{{file}}", nameOf(i)) }).click();
await page.waitForFunction(
  ([word, n]) => [...document.querySelectorAll("aside li")].filter((l) => l.textContent.includes(word)).length === n,
  [t.done, count],
  { timeout: 180_000 },
);
hold("each can be tried again, and all 20 arrive", true);

const gaps = await page.evaluate(
  (again) => Object.entries(window.measure.told).flatMap(([name, all]) => {
    const steps = all.slice(1).map((s, n) => ({ gap: s.at - all[n].at, back: s.value < all[n].value }));
    return steps.filter((s) => !s.back && !(again.includes(name) && s.gap > 5_000)).map((s) => s.gap);
  }),
  cancelled.map(nameOf),
);
const sorted = gaps.toSorted((a, b) => a - b);
const most = Math.round(sorted.at(-1));
figures(
  `${count} files of ${size / 1000} kB at 500 kB/s: each tells how far it is after ${Math.round(sorted[Math.floor(sorted.length / 2)])} ms (median), at most ${most} ms apart ` +
    `(${sorted.filter((g) => g > 500).length} of ${sorted.length} steps over 500 ms)`,
);
hold("progress at least each 500 ms for each file", most <= 500, `${sorted.slice(-5).map(Math.round)}`);
await finish();
