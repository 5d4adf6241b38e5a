// Keys: registered in the portal, used to sign an act in the one dialog, another person's refused,
// a revoked one refused.
//
//   node test/browser/keys.mjs MAKER ADMIN OTHER-ADMIN
//
// Environment as rig.mjs says. The node need not be a demonstration: admins sign in the portal.
import { authenticator, client, persona, signDialog, signWithSoftware } from "./person.mjs";
import { finish, hold, open, seen, signIn, texts, unbroken, url } from "./rig.mjs";

const [maker, admin, other] = process.argv.slice(2);
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

// A maker makes a passkey on a device that has none.
const page = await open();
await authenticator(page);
await signIn(page, maker);
await makes(page, "Laptop");
hold("a new key waits or is vouched for", await row(page, "Laptop").isVisible());
const own = await client(maker);
const mine = async () => (await own.get("/v1/keys")).items.find((k) => k.name === "Laptop");
const key = await mine();

// Two admins vouch for it: one in the dialog with a passkey, the other with a software key.
if (key.state === "waiting") {
  const desk = await persona(admin);
  await desk.goto(`${url}/settings/requests`);
  const request = desk.getByRole("listitem").filter({ hasText: own.actor.name }).first();
  await request.waitFor();
  await seen(desk, "requests", "settings-requests");
  await request.getByRole("button", { name: t.settings.requests.vouch }).click();
  await desk.getByRole("dialog").getByText(t.signing.digest).waitFor();
  await seen(desk, "step-up dialog", "step-up");
  await signDialog(desk);
  await desk.getByRole("dialog").waitFor({ state: "detached" });
  const second = await client(other);
  const intent = await second.get(`/v1/intents/${key.intent}`);
  hold("the admin signed in the dialog", intent.duties.filter((d) => d.fulfilled).length === 1);
  await signWithSoftware(second, intent);
  await desk.close();
}
await row(page, "Laptop").getByText(t.settings.keys.state.active).waitFor();
hold("two admins make it a key in force", true);
await seen(page, "keys", "settings-keys");

unbroken(page, "keys");
await finish();
