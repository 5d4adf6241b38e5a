import type { QueryClient } from "@tanstack/react-query";
import { api, type Pack, type Schemas, taken } from "../api/client";
import { language } from "../i18n";
import { paper } from "../api/queries";

export type Filing = Schemas["Filing"];

/** How often a paper is looked at until it is read, and for how long. */
const look = 300;
const patience = 60_000;

const pause = (ms: number) => new Promise((resolve) => window.setTimeout(resolve, ms));

/** Waits until a paper is read, or waits for its fields. */
async function read(client: QueryClient, document: string): Promise<void> {
  const until = performance.now() + patience;
  for (;;) {
    const now = await client.fetchQuery({ ...paper(document, language()), staleTime: 0 });
    if (now.state !== "received" || performance.now() > until) return;
    await pause(look);
  }
}

/** Where papers belong, as they say themselves once they are read. */
export async function proposed(client: QueryClient, documents: string[]): Promise<Filing> {
  await Promise.all(documents.map((id) => read(client, id)));
  return taken(api.POST("/v1/filings", { body: { documents } }));
}

/** Puts papers where they belong: into the pack that is there, or into one that is opened so. */
export async function file(f: Filing, key: string): Promise<Pack> {
  const header = { "Idempotency-Key": key };
  if (f.pack) {
    return taken(
      api.POST("/v1/packs/{pack}/papers", {
        params: { path: { pack: f.pack }, header },
        body: { documents: f.documents },
      }),
    );
  }
  return taken(
    api.POST("/v1/packs", {
      params: { header },
      body: {
        title: f.title,
        parties: f.parties,
        documents: f.documents,
        ...(f.programme ? { programme: f.programme } : {}),
      },
    }),
  );
}
