import { api, Problem, type Schemas, taken } from "../api/client";
import { language } from "../i18n";

/** As the server has it; asked before sending so that nobody waits for a refusal. */
export const maxUpload = 25 * 1024 * 1024;

/** A part of a file: no more than this is sent again after a broken connection. */
const partSize = 4 * 1024 * 1024;

/** How often in a row a connection may break before the person is asked. */
const tries = 6;
const pauses = [250, 500, 1_000, 2_000, 4_000, 8_000];

export type Kept = { document: string; already: boolean };

/** A file on its way: where it goes, and the upload that was begun for it. */
export type Sending = {
  file: File;
  pack: string;
  /** Made once for each file: announcing it again with the same key is harmless. */
  key: string;
};

const protocol = { "Tus-Resumable": "1.0.0" };

/** Where uploads that are not whole are remembered, so that the same file goes on after a reload. */
const shelf = "countersign.uploads";

function remembered(): Record<string, string> {
  try {
    return JSON.parse(window.localStorage.getItem(shelf) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

function nameOf({ file, pack }: Sending): string {
  return [pack, file.name, file.size, file.lastModified].join("/");
}

function remember(sending: Sending, upload: string | undefined) {
  const all = remembered();
  if (upload) all[nameOf(sending)] = upload;
  else delete all[nameOf(sending)];
  window.localStorage.setItem(shelf, JSON.stringify(all));
}

function pair(name: string, value: string): string {
  return `${name} ${window.btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`;
}

function metadata({ file, pack }: Sending): string {
  return [pair("filename", file.name), ...(pack ? [pair("pack", pack)] : [])].join(",");
}

async function announce(sending: Sending, signal: AbortSignal): Promise<string> {
  const upload = await taken(
    api.POST("/v1/uploads", {
      params: {
        header: {
          ...protocol,
          "Upload-Length": sending.file.size,
          "Upload-Metadata": metadata(sending),
          "Idempotency-Key": sending.key,
        },
      },
      signal,
    }),
  );
  remember(sending, upload.id);
  return upload.id;
}

/** How far a file is; undefined when the server knows nothing of it any more. */
async function standing(upload: string, signal: AbortSignal): Promise<Schemas["Upload"] | undefined> {
  try {
    return await taken(api.GET("/v1/uploads/{upload}", { params: { path: { upload } }, signal }));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
}

/** Sends one part. XMLHttpRequest, because fetch does not tell how much of a body was sent. */
function sendPart(upload: string, at: number, part: Blob, signal: AbortSignal, onProgress: (bytes: number) => void) {
  return new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PATCH", `/v1/uploads/${encodeURIComponent(upload)}`);
    request.setRequestHeader("Tus-Resumable", protocol["Tus-Resumable"]);
    request.setRequestHeader("Upload-Offset", String(at));
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    request.setRequestHeader("Accept-Language", language());
    request.responseType = "json";
    request.upload.addEventListener("progress", (e) => onProgress(e.loaded));
    request.addEventListener("load", () => {
      if (request.status === 204) resolve();
      else reject(new Problem(request.response ?? {}, request.status));
    });
    request.addEventListener("error", () => reject(new Error("network")));
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    if (signal.aborted) return reject(new DOMException("cancelled", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(part);
  });
}

/** What may go well the next time: a broken connection, or a server that is not there. */
function passing(error: unknown): boolean {
  if (error instanceof DOMException && error.name === "AbortError") return false;
  return !(error instanceof Problem) || error.status >= 500 || error.status === 429 || error.code === "upload.offset";
}

/** Waits a little, less when the network comes back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", done);
      if (signal.aborted) reject(new DOMException("cancelled", "AbortError"));
      else resolve();
    };
    const timer = window.setTimeout(done, ms);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done, { once: true });
  });
}

/**
 * Sends one file in parts and tells how far it is (tus 1.0.0). After a broken connection it asks
 * where to go on; what was kept is not sent again, not even after a reload or by a later retry.
 */
export async function send(
  sending: Sending,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Kept> {
  const { file } = sending;
  let upload = remembered()[nameOf(sending)];
  for (let broken = 0; ; ) {
    try {
      const known = upload ? await standing(upload, signal) : undefined;
      const going = known ? (upload ?? "") : await announce(sending, signal);
      upload = going;
      let at = known?.received ?? 0;
      while (at < file.size) {
        const end = Math.min(at + partSize, file.size);
        const from = at;
        onProgress(from / file.size);
        await sendPart(going, from, file.slice(from, end), signal, (bytes) =>
          onProgress(Math.min(from + bytes, end) / file.size),
        );
        at = end;
        broken = 0;
      }
      const whole = await standing(going, signal);
      if (!whole?.document) throw new Error("network");
      remember(sending, undefined);
      return { document: whole.document, already: whole.known ?? false };
    } catch (error) {
      if (!passing(error) || broken >= tries) throw error;
      await pause(pauses[broken] ?? 8_000, signal);
      broken++;
    }
  }
}

/** Forgets on the server what was kept of a file that nobody wants any more. */
export async function forget(sending: Sending): Promise<void> {
  const upload = remembered()[nameOf(sending)];
  if (!upload) return;
  remember(sending, undefined);
  await api.DELETE("/v1/uploads/{upload}", { params: { path: { upload }, header: protocol } });
}
