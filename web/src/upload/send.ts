import { Problem, type PaperDocument } from "../api/client";
import { language } from "../i18n";

/** As the server has it; asked before sending so that nobody waits for a refusal. */
export const maxUpload = 25 * 1024 * 1024;

export type Kept = { document: PaperDocument; already: boolean };

/** A name for the header: what is not ASCII is escaped (RFC 6266, RFC 8187). */
function disposition(name: string): string {
  const escaped = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename*=UTF-8''${escaped}`;
}

/**
 * Sends one file to a trade pack and tells how far it is. XMLHttpRequest, because fetch does not
 * tell how much of a body was sent. The key makes a repeat of the same send harmless.
 */
export function send(
  pack: string,
  file: File,
  key: string,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Kept> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/packs/${encodeURIComponent(pack)}/documents`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Content-Disposition", disposition(file.name));
    request.setRequestHeader("Idempotency-Key", key);
    request.setRequestHeader("Accept-Language", language());
    request.responseType = "json";
    request.upload.addEventListener("progress", (e) => {
      if (e.lengthComputable) onProgress(e.loaded / e.total);
    });
    request.addEventListener("load", () => {
      if (request.status === 200 || request.status === 201) {
        resolve({ document: request.response as PaperDocument, already: request.status === 200 });
      } else {
        reject(new Problem(request.response ?? {}, request.status));
      }
    });
    request.addEventListener("error", () => reject(new Error("network")));
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
