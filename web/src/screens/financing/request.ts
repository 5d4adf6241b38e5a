import { api, type Pack, Problem, type Schemas, taken } from "../../api/client";
import type { Estimate, Financing } from "./queries";

type Intent = Schemas["Intent"];

/** What one gesture signs: the claim, where it is not issued yet, and a request to each bank. */
export type Prepared = { intents: Intent[]; cases: Financing[]; refused: Financing[] };

const pause = (ms: number) => new Promise((resolve) => window.setTimeout(resolve, ms));
const key = () => ({ "Idempotency-Key": window.crypto.randomUUID() });

/** How often it is tried again while papers are on their way to the ledger. */
const tries = 20;
const look = 500;

async function issue(pack: Pack): Promise<Intent> {
  for (let n = 1; ; n++) {
    try {
      return await taken(api.POST("/v1/receivables", { params: { header: key() }, body: { pack: pack.id } }));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "pack.papers" || n >= tries) throw error;
      await pause(look);
    }
  }
}

/** Prepares everything that one signature is to cover. */
export async function prepare(pack: Pack, chosen: Estimate[], advance?: Schemas["Amount"]): Promise<Prepared> {
  const done: Prepared = { intents: [], cases: [], refused: [] };
  try {
    if (chosen.some((e) => !e.phase)) done.intents.push(await issue(pack));
    // One after the other: naming a programme is an edit of the pack.
    for (const e of chosen) {
      const asked = await taken(
        api.POST("/v1/financings", {
          params: { header: key() },
          body: { pack: pack.id, programme: e.programme, ...(advance ? { advance } : {}) },
        }),
      );
      if (asked.state === "refused" || !asked.intent) done.refused.push(asked);
      else {
        done.cases.push(asked);
        done.intents.push(asked.intent);
      }
    }
  } catch (error) {
    await withdraw(done.intents);
    throw error;
  }
  return done;
}

/** Takes back what was prepared and not signed. */
export async function withdraw(intents: Intent[]): Promise<void> {
  for (const i of intents.toReversed()) {
    await api.POST("/v1/intents/{intent}/withdrawal", { params: { path: { intent: i.id }, header: key() } });
  }
}
