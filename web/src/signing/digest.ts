import type { Schemas } from "../api/client";

type Intent = Schemas["Intent"];

// The same domain lines as the law has (chaincode/trade): what is signed under one of them never
// passes for anything else.
const commandDomain = "countersign/command/v1\n";
const batchDomain = "countersign/batch/v1\n";
const keyDomain = "countersign/key/v1\n";

/** How many commands one gesture signs (chaincode/trade/command.go). */
export const maxBatch = 200;

const text = new TextEncoder();

export function base64(bytes: ArrayBuffer | Uint8Array): string {
  let binary = "";
  for (const b of new Uint8Array(bytes)) binary += String.fromCharCode(b);
  return btoa(binary);
}

export function unbase64(value: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(value), (c) => c.charCodeAt(0));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** What is signed: the bytes whose SHA-256 is the digest, and that digest. */
export type Signable = { bytes: Uint8Array<ArrayBuffer>; digest: Uint8Array<ArrayBuffer>; batch?: string[] };

/** The server showed another digest than that of the command: nothing of it is signed. */
export class OtherDigest extends Error {}

async function of(content: string): Promise<Signable> {
  const bytes = text.encode(content);
  return { bytes, digest: await sha256(bytes) };
}

/** What a person signs under intents, from what the commands say and not from what the server says of them. */
export async function signable(intents: Intent[]): Promise<Signable> {
  const each = await Promise.all(intents.map((i) => of(commandDomain + i.command)));
  const batch = each.map((s) => `sha-256:${hex(s.digest)}`);
  if (batch.some((digest, n) => digest !== intents[n]?.digest)) throw new OtherDigest();
  const [first] = each;
  if (first && each.length === 1) return first;
  return { ...(await of(batchDomain + batch.map((d) => `${d}\n`).join(""))), batch };
}

/** What a new key signs to prove that its holder has it. */
export function proof(channel: string, actor: Schemas["Actor"], id: string, publicKey: string): Promise<Signable> {
  return of(keyDomain + [channel, actor.organisation, actor.person, id, publicKey].map((l) => `${l}\n`).join(""));
}

const signInDomain = "countersign/sign-in/v1\n";

/** What a passkey signs to open a session. */
export function opening(nonce: string): Promise<Signable> {
  return of(`${signInDomain}${hex(unbase64(nonce))}\n`);
}

/** A code of eight digits by which two people see that they speak of one key. */
export async function keyCode(publicKey: string): Promise<string> {
  const code = hex(await sha256(unbase64(publicKey))).slice(0, 8).toUpperCase();
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** A number in ASN.1: without leading zeros, and with one where its first bit would make it negative. */
function integer(part: Uint8Array): number[] {
  let start = 0;
  while (start < part.length - 1 && part[start] === 0) start++;
  const short = Array.from(part.subarray(start));
  if ((short[0] ?? 0) >= 0x80) short.unshift(0);
  return [0x02, short.length, ...short];
}

/** The ASN.1 form (SEQUENCE of two INTEGERs) of a signature as WebCrypto makes it, r and s side by side. */
export function asn1(raw: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(raw);
  const half = bytes.length / 2;
  const body = [...integer(bytes.subarray(0, half)), ...integer(bytes.subarray(half))];
  return Uint8Array.from([0x30, body.length, ...body]);
}
