import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../api/client";
import { asn1, base64, hex, opening, proof, type Signable, unbase64 } from "./digest";
import * as held from "./held";

export type Key = Schemas["Key"];
type Signature = Schemas["Signature"];

export const node = queryOptions({
  queryKey: ["node"],
  queryFn: () => taken(api.GET("/v1/node")),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Keys that wait for two admins are looked at again soon. */
export const keys = queryOptions({
  queryKey: ["keys"],
  queryFn: async () => (await taken(api.GET("/v1/keys"))).items,
  refetchInterval: (query) => (query.state.data?.some((k) => k.state === "waiting") ? 1_000 : false),
});

/** A way to sign that this person has on this machine. */
export type Way =
  | { kind: "passkey"; keys: Key[] }
  | { kind: "browser"; key: Key; pair: CryptoKey }
  | { kind: "file"; key: Key; pair: CryptoKey };

/** Whether this browser can speak to an authenticator here. */
export function authenticators(): boolean {
  return "PublicKeyCredential" in window && window.isSecureContext;
}

/** The ways to sign that are at hand, the strongest first. */
export async function ways(list: Key[]): Promise<Way[]> {
  const active = list.filter((k) => k.state === "active");
  const passkeys = active.filter((k) => k.passkey && k.credential);
  const found: Way[] = passkeys.length > 0 && authenticators() ? [{ kind: "passkey", keys: passkeys }] : [];
  for (const key of active.filter((k) => k.holder === "browser")) {
    const pair = await held.find(key.public_key);
    if (pair) found.push({ kind: "browser", key, pair });
  }
  return found;
}

async function ecdsa(pair: CryptoKey, what: Signable): Promise<string> {
  return base64(asn1(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair, what.bytes)));
}

async function assert(credentials: string[], party: string, what: Signable): Promise<{ credential: string; signature: Signature }> {
  const got = (await navigator.credentials.get({
    publicKey: {
      challenge: what.digest,
      rpId: party,
      userVerification: "required", // without a list the person chooses among those for this place
      allowCredentials: credentials.map((id) => ({ type: "public-key", id: unbase64(id) })),
    },
  })) as PublicKeyCredential | null;
  if (!got) throw new DOMException("", "NotAllowedError");
  const answer = got.response as AuthenticatorAssertionResponse;
  return {
    credential: base64(got.rawId),
    signature: {
      value: base64(answer.signature),
      webauthn: {
        authenticator_data: base64(answer.authenticatorData),
        client_data: base64(answer.clientDataJSON),
      },
    },
  };
}

/** Signs in one of the ways. A passkey asks its person, who may say no: a DOMException. */
export async function make(way: Way, what: Signable, party: string): Promise<Signature> {
  const batch = what.batch ? { batch: what.batch } : {};
  if (way.kind !== "passkey") return { key: way.key.id, value: await ecdsa(way.pair, what), ...batch };
  const credentials = way.keys.flatMap((k) => (k.credential ? [k.credential] : []));
  const { credential, signature } = await assert(credentials, party, what);
  const used = way.keys.find((k) => k.credential === credential);
  return { ...signature, ...(used ? { key: used.id } : {}), ...batch };
}

/** Opens a session with a passkey that the person chooses: no address is typed. */
export async function openByPasskey(): Promise<Schemas["Session"]> {
  const { nonce, relying_party } = await taken(api.POST("/v1/session/nonce"));
  const { credential, signature } = await assert([], relying_party, await opening(nonce));
  if (!signature.webauthn) throw new DOMException("", "NotSupportedError");
  const body = { nonce, credential, value: signature.value, webauthn: signature.webauthn };
  return taken(api.POST("/v1/session/passkey", { body }));
}

type New = { name: string; actor: Schemas["Actor"]; about: Schemas["Node"]; existing: Key[] };

function newKeyID(): string {
  return `key-${hex(crypto.getRandomValues(new Uint8Array(16)))}`;
}

function send(body: Schemas["AddKey"]): Promise<Schemas["Intent"]> {
  return taken(api.POST("/v1/keys", { body, params: { header: { "Idempotency-Key": crypto.randomUUID() } } }));
}

/** Makes a passkey, has it prove itself, and prepares its registration. The person is asked twice. */
export async function addPasskey({ name, actor, about, existing }: New): Promise<Schemas["Intent"]> {
  const made = (await navigator.credentials.create({
    publicKey: {
      rp: { id: about.relying_party, name: "Countersign" },
      user: { id: new TextEncoder().encode(actor.user), name: actor.name, displayName: actor.name },
      challenge: crypto.getRandomValues(new Uint8Array(32)), // nothing is attested: the proof below counts
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      authenticatorSelection: { userVerification: "required", residentKey: "required" },
      excludeCredentials: existing.flatMap((k) =>
        k.credential && k.state !== "revoked" && k.state !== "refused"
          ? [{ type: "public-key" as const, id: unbase64(k.credential) }]
          : [],
      ),
      attestation: "none",
    },
  })) as PublicKeyCredential | null;
  const publicKey = made && (made.response as AuthenticatorAttestationResponse).getPublicKey();
  if (!made || !publicKey) throw new DOMException("", "NotSupportedError");
  const id = newKeyID();
  const credential = base64(made.rawId);
  const what = await proof(about.channel, actor, id, base64(publicKey));
  const { signature } = await assert([credential], about.relying_party, what);
  return send({ id, name, holder: "authenticator", credential, public_key: base64(publicKey), proof: signature });
}

/** Makes a key that this browser keeps and nobody can take out of it; for trying out, on a demo node only. */
export async function addBrowserKey({ name, actor, about }: Omit<New, "existing">): Promise<Schemas["Intent"]> {
  const { id, publicKey, pair } = { id: newKeyID(), ...(await held.make()) };
  const value = await ecdsa(pair, await proof(about.channel, actor, id, publicKey));
  return send({ id, name, holder: "browser", public_key: publicKey, proof: { value } });
}

/** A file is no private key in PEM, or not one that is registered here. */
export class WrongFile extends Error {}

/** Reads a person's key from its file (countersign person makes it). It is not kept. */
export async function fromFile(file: File, list: Key[]): Promise<Way> {
  const pem = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(await file.text());
  if (!pem?.[1]) throw new WrongFile();
  try {
    const der = unbase64(pem[1].replace(/\s/g, ""));
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    // Looked at once for its public half, which says which registered key it is.
    const { x, y } = await crypto.subtle.exportKey("jwk", await crypto.subtle.importKey("pkcs8", der, algorithm, true, ["sign"]));
    const half = { kty: "EC", crv: "P-256", ext: true, ...(x && y ? { x, y } : {}) };
    const publicKey = base64(
      await crypto.subtle.exportKey("spki", await crypto.subtle.importKey("jwk", half, algorithm, true, ["verify"])),
    );
    const key = list.find((k) => k.public_key === publicKey && k.state === "active");
    if (!key) throw new WrongFile();
    return { kind: "file", key, pair: await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]) };
  } catch {
    throw new WrongFile();
  }
}
