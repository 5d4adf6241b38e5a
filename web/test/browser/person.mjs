// A persona whose passkey is registered, signed in: what every run needs in which somebody signs.
//
//   import { persona } from "./person.mjs";
//   const page = await persona("li.na@lanqiao.example");                  // as rig.mjs opens pages
//   const page = await persona("…", { language: "zh-CN", size: "phone" });
//
// The page has a virtual authenticator (the browser's own, through its protocol) that holds the
// passkey and answers every request for it at once, with a verified user. So the dialog of
// src/signing needs one click on "Sign with your passkey", as it does with a fingerprint:
//
//   await page.getByRole("button", { name: texts.en.signing.with.passkey }).click();
//
// The first call for a person registers the passkey through the API: the person's session
// prepares it, and two admins of the organisation sign it with the software keys that
// PORTAL_PEOPLE holds. A second call gives the same passkey to another page. page.passkey has it.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { use } from "./keyboard.mjs";
import { open, people, signIn, texts, url } from "./rig.mjs";

const party = new URL(url).hostname;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

async function call(method, path, body, token) {
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body ? { "Content-Type": "application/json", "Idempotency-Key": randomBytes(12).toString("hex") } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${said.code} ${said.detail}`), said);
  return said;
}

async function send(path, name, body, token) {
  const answer = await fetch(url + path, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename="${name}"`,
      "Idempotency-Key": randomBytes(12).toString("hex"),
    },
    body,
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${name}: ${said.code} ${said.detail}`);
  return said;
}

/** A signed-in client of the API, beside the browser. */
export async function client(email) {
  const { token, actor } = await call("POST", "/v1/session", { email, password: people[email].password });
  return {
    email,
    actor,
    get: (path) => call("GET", path, undefined, token),
    post: (path, body) => call("POST", path, body, token),
    put: (path, body) => call("PUT", path, body, token),
    file: (path, name, body) => send(path, name, body, token),
  };
}

/** Signs an intent with the person's software key. */
export async function signWithSoftware(who, intent) {
  const key = createPrivateKey({ key: Buffer.from(people[who.email].key, "base64"), format: "der", type: "pkcs8" });
  const bytes = Buffer.from(`countersign/command/v1\n${intent.command}`);
  await who.post(`/v1/intents/${intent.id}/signatures`, { value: sign("sha256", bytes, key).toString("base64") });
}

/** Has two admins of the person's organisation sign what waits for them there. */
export async function vouch(who, intent) {
  const { items } = await who.get("/v1/persons");
  const admins = items.filter((p) => p.state === "active" && p.roles.includes("admin")).map((p) => p.email);
  for (const email of admins.slice(0, 2)) {
    try {
      await signWithSoftware(await client(email), intent);
    } catch (error) {
      // A demonstration node vouches for keys by itself, and may have been faster.
      if (!["intent.state", "signature.same_person"].includes(error.code)) throw error;
    }
  }
  const done = await outcome(who, intent);
  if (done.state !== "committed") throw new Error(`${intent.act} is ${done.state}: ${done.fault?.message ?? ""}`);
}

/** What became of an intent that is signed: asked for again while it is on its way. */
export async function outcome(who, { id }) {
  let now;
  for (let n = 0; n < 3 && (!now || ["ready", "submitted"].includes(now.state)); n++) now = await who.get(`/v1/intents/${id}?wait=20s`);
  return now;
}

// Runs that share a node share the passkeys of its people: a person may have five keys at most.
const shelf = process.env.PORTAL_PASSKEYS ?? "";
const passkeys = new Map(shelf && existsSync(shelf) ? JSON.parse(readFileSync(shelf, "utf8")) : []); // by e-mail

/** The passkey of a person, registered. */
export async function passkeyOf(email) {
  if (!passkeys.has(email)) {
    passkeys.set(email, await register(email));
    if (shelf) writeFileSync(shelf, JSON.stringify([...passkeys]), { mode: 0o600 });
  }
  return passkeys.get(email);
}

async function register(email) {
  const who = await client(email);
  const { channel } = await who.get("/v1/node");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = `key-${randomBytes(16).toString("hex")}`;
  const credential = randomBytes(16);
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" }).toString("base64");
  const lines = ["countersign/key/v1", channel, who.actor.organisation, who.actor.person, id, publicKey];
  const challenge = sha256(lines.map((l) => `${l}\n`).join("")).toString("base64url");
  const clientData = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin: url, crossOrigin: false }));
  const data = Buffer.concat([sha256(party), Buffer.from([0x05, 0, 0, 0, 1])]); // present and verified
  const value = sign("sha256", Buffer.concat([data, sha256(clientData)]), privateKey);
  const intent = await who.post("/v1/keys", {
    id,
    name: "Test passkey",
    holder: "authenticator",
    credential: credential.toString("base64"),
    public_key: publicKey,
    proof: {
      value: value.toString("base64"),
      webauthn: { authenticator_data: data.toString("base64"), client_data: clientData.toString("base64") },
    },
  });
  await vouch(who, intent);
  return {
    id,
    credentialId: credential.toString("base64"),
    isResidentCredential: true,
    rpId: party,
    privateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
    userHandle: Buffer.from(who.actor.user).toString("base64"),
    signCount: 1,
  };
}

/** Gives a page an authenticator of its own, with passkeys. */
export async function authenticator(page, ...held) {
  const browser = await page.context().newCDPSession(page);
  await browser.send("WebAuthn.enable");
  const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  for (const { id: _, ...credential } of held) {
    await browser.send("WebAuthn.addCredential", { authenticatorId, credential });
  }
  return { browser, authenticatorId };
}

/** A page of a person who is signed in and can sign. */
export async function persona(email, way = {}) {
  const passkey = await passkeyOf(email);
  const page = await open(way);
  page.authenticator = await authenticator(page, passkey);
  page.passkey = passkey;
  await signIn(page, email, way.language ?? "en");
  return page;
}

/** Signs what the dialog asks for, which is open. */
export async function signDialog(page, language = "en") {
  await use(page, page.getByRole("button", { name: texts[language].signing.with.passkey }));
}
