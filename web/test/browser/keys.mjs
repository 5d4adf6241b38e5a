// Keys: registered in the portal, and vouched for by two admins. One of them does it with the keys of
// the keyboard alone, ends a session of their own, turns the portal to another language and theme, and
// deactivates a colleague who leaves.
//
//   node test/browser/keys.mjs MAKER ADMIN OTHER-ADMIN LEAVER
//
// Environment as rig.mjs says. The node need not be a demonstration: admins sign in the portal.
import { enter, heldByKeys, keysOnly, tabTo, use } from "./keyboard.mjs";
import { authenticator, client, persona, signDialog, signWithSoftware } from "./person.mjs";
import { comes, figures, finish, hold, open, seen, signIn, texts, unbroken, until, url } from "./rig.mjs";

const [maker, admin, other, leaver] = process.argv.slice(2);
const t = texts.en;

/** The row of a list that names a key. */
const row = (page, name) => page.getByRole("listitem").filter({ hasText: name });

/** Registers a passkey in the settings and leaves it waiting. */
async function makes(page, name) {
  await page.goto(`${url}/settings/keys`);
  await page.getByLabel(t.settings.keys.name).fill(name);
  await page.getByRole("button", { name: t.signing.makePasskey }).click();
  await row(page, name).waitFor();
}

/** Within the page: how long after the next key a title stands there. */
function untilTitle(title) {
  window.titled = new Promise((done) => {
    const pressed = () => {
      const from = performance.now();
      const look = () => {
        if (document.querySelector("h1")?.textContent === title) done(Math.round(performance.now() - from));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    };
    window.addEventListener("keydown", pressed, { once: true, capture: true });
  });
}

/** An admin's session elsewhere is ended; language and theme are switched, soon and without a reload. */
async function ownAffairs(desk) {
  const elsewhere = await client(admin);
  await use(desk, desk.getByRole("link", { name: t.settings.security.nav, exact: true }));
  await use(desk, desk.getByRole("button", { name: t.settings.security.endOthers }));
  hold("a session that was ended elsewhere is refused", await refused(() => elsewhere.get("/v1/session")));
  await desk.evaluate(() => {
    window.unreloaded = true;
  });
  // The first time the words are fetched too. What is late as a rule is late three times.
  const times = [];
  for (const [from, to] of [["en", "zh-CN"], ["zh-CN", "en"], ["en", "zh-CN"], ["zh-CN", "en"]]) {
    await tabTo(desk, desk.getByRole("button", { name: texts[from].language[to], exact: true }));
    await desk.evaluate(untilTitle, texts[to].settings.security.title);
    await desk.keyboard.press("Enter");
    times.push(await desk.evaluate(() => window.titled));
  }
  figures(`the other language stands there after ${times.join(", ")} ms`);
  hold("the language switches within 300 ms", times.slice(0, 3).some((ms) => ms <= 300), `${times}`);
  const scheme = () => desk.evaluate(() => document.documentElement.dataset.mantineColorScheme);
  await use(desk, desk.getByRole("button", { name: t.theme.toDark }));
  hold("the theme switches", await until(async () => (await scheme()) === "dark"), await scheme());
  hold("without a reload", await desk.evaluate(() => window.unreloaded === true));
}

const refused = (ask) => until(() => ask().then(() => false, (e) => e.status === 401));

/** A colleague leaves: from the first screen in four presses, and at once nothing of theirs is taken. */
async function offboards(desk) {
  const gone = await client(leaver);
  const { items: keys } = await gone.get("/v1/keys");
  await use(desk, desk.getByRole("link", { name: t.nav.settings, exact: true }));
  await use(desk, desk.getByRole("link", { name: gone.actor.name, exact: true }));
  const listed = (title) => desk.getByRole("region", { name: title, exact: true }).getByRole("listitem").count();
  await desk.getByRole("heading", { level: 1, name: gone.actor.name }).waitFor();
  const counts = [await listed(t.settings.team.sessions), await listed(t.settings.team.keys)];
  hold("sessions and keys of who leaves are listed", `${counts}` === `1,${keys.length}`, `${counts}`);
  await seen(desk, "a person of the team", "settings-person");
  const leave = desk.getByRole("button", { name: t.settings.team.revokeNow.replace("{{name}}", gone.actor.name) });
  await use(desk, leave);
  const reason = desk.getByLabel(t.settings.keys.reason);
  const asked = await until(() => reason.evaluate((e) => e === document.activeElement));
  hold("without a reason the focus goes to where it is missing", asked);
  await enter(desk, reason, "Leaves the firm");
  await desk.keyboard.press("Enter");
  const dialog = desk.getByRole("dialog");
  const facts = { name: gone.actor.name, sessions: counts[0], keys: counts[1] };
  await dialog.getByText(t.settings.team.revokeConsequence.replaceAll(/{{(\w+)}}/g, (_, fact) => facts[fact])).waitFor();
  await signDialog(desk);
  const signed = Date.now();
  hold("who leaves is refused in the session that was open", await refused(() => gone.get("/v1/session")));
  hold("and at the door", await refused(() => client(leaver)));
  const seconds = (Date.now() - signed) / 1000;
  figures(`who was deactivated is refused after ${seconds.toFixed(1)} s`);
  hold("within 10 s", seconds <= 10, `${seconds} s`);
  await dialog.waitFor({ state: "detached" });
  await leave.waitFor({ state: "detached" });
  const second = await client(other);
  const { items: waiting } = await second.get("/v1/intents?limit=200");
  await signWithSoftware(second, waiting.find((i) => i.act === "organisation.revoke"));
  await desk.getByRole("heading", { level: 1 }).locator("..").getByText(t.settings.team.states.revoked).waitFor();
  hold("the second admin completes it on the ledger", true);
}

// A maker makes a passkey on a device that has none.
const page = await open();
await authenticator(page);
await signIn(page, maker);
await makes(page, "Laptop");
hold("a new key waits or is vouched for", await comes(row(page, "Laptop")));
const own = await client(maker);
const mine = async () => (await own.get("/v1/keys")).items.find((k) => k.name === "Laptop");
const key = await mine();

// Two admins vouch for it: one in the dialog with a passkey, the other with a software key.
if (key.state === "waiting") {
  const desk = await persona(admin);
  await keysOnly(desk);
  await desk.goto(`${url}/settings/requests`);
  const request = desk.getByRole("listitem").filter({ hasText: own.actor.name }).first();
  await request.waitFor();
  await seen(desk, "requests", "settings-requests");
  await use(desk, request.getByRole("button", { name: t.settings.requests.vouch }));
  await desk.getByRole("dialog").getByText(t.signing.digest).waitFor();
  await seen(desk, "step-up dialog", "step-up");
  await signDialog(desk);
  await desk.getByRole("dialog").waitFor({ state: "detached" });
  const second = await client(other);
  const intent = await second.get(`/v1/intents/${key.intent}`);
  hold("the admin signed in the dialog", intent.duties.filter((d) => d.fulfilled).length === 1);
  await signWithSoftware(second, intent);
  await ownAffairs(desk);
  await offboards(desk);
  heldByKeys(desk, "an admin");
  await desk.context().close();
}
await row(page, "Laptop").getByText(t.settings.keys.state.active).waitFor();
hold("two admins make it a key in force", true);
await seen(page, "keys", "settings-keys");

unbroken(page, "keys");
await finish();
