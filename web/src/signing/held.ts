// Keys that this browser holds, by their public half. The private half cannot be read, not even
// by this page; clearing the site's data loses it.
import { base64 } from "./digest";

const database = "countersign";
const store = "keys";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(database, 1);
    asked.addEventListener("upgradeneeded", () => asked.result.createObjectStore(store));
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error ?? new Error(database)));
  });
}

async function run<T>(mode: IDBTransactionMode, act: (keys: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const asked = act(db.transaction(store, mode).objectStore(store));
      asked.addEventListener("success", () => resolve(asked.result));
      asked.addEventListener("error", () => reject(asked.error ?? new Error(store)));
    });
  } finally {
    db.close();
  }
}

/** The private key of a public one (PKIX in base64), where this browser holds it. */
export function find(publicKey: string): Promise<CryptoKey | undefined> {
  return run("readonly", (keys) => keys.get(publicKey) as IDBRequest<CryptoKey | undefined>);
}

/** A new key: its public half, PKIX in base64, and what signs. */
export async function make(): Promise<{ publicKey: string; pair: CryptoKey }> {
  const made = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const publicKey = base64(await crypto.subtle.exportKey("spki", made.publicKey));
  await run("readwrite", (keys) => keys.put(made.privateKey, publicKey));
  return { publicKey, pair: made.privateKey };
}
