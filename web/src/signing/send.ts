import { api, Problem, type Schemas } from "../api/client";
import { maxBatch, signable } from "./digest";
import { make, type Way } from "./keys";

type Intent = Schemas["Intent"];

/** What became of one intent: its state on the ledger, or why it was refused. */
export type Signed = { intent: string; signed?: Intent; problem?: Schemas["Problem"] };

const patience = 20; // seconds that one request waits for an outcome
const asks = 6; // how often it is asked for before it is shown as on its way
const tries = 3; // how often a request is sent before its failure is told

/** Sends a request again when no answer came: its Idempotency-Key makes it one. */
async function steady<T>(request: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await request();
    } catch (error) {
      if (n >= tries || error instanceof Problem) throw error;
    }
  }
}

const underway = (i: Intent) => i.state === "ready" || i.state === "submitted";

/** Waits for the outcome of what is on its way. */
async function outcome(intent: Intent): Promise<Intent> {
  let last = intent;
  for (let n = 0; n < asks && underway(last); n++) {
    const { data } = await steady(() =>
      api.GET("/v1/intents/{intent}", {
        params: { path: { intent: intent.id }, query: { wait: `${patience}s` } },
      }),
    );
    if (data) last = data;
  }
  return last;
}

function refused(error: unknown, response: Response): Schemas["Problem"] {
  if (response.status === 401 || response.status === 429 || response.status >= 500) {
    throw new Problem((error ?? {}) as Partial<Schemas["Problem"]>, response.status);
  }
  return error as Schemas["Problem"];
}

async function one(intent: Intent, body: Schemas["Signature"]): Promise<Signed[]> {
  const key = crypto.randomUUID();
  const { data, error, response } = await steady(() =>
    api.POST("/v1/intents/{intent}/signatures", {
      body,
      params: { path: { intent: intent.id }, header: { "Idempotency-Key": key, Prefer: `wait=${patience}` } },
    }),
  );
  if (data) return [{ intent: intent.id, signed: await outcome(data) }];
  return [{ intent: intent.id, problem: refused(error, response) }];
}

async function several(intents: Intent[], signature: Schemas["Signature"]): Promise<Signed[]> {
  const key = crypto.randomUUID();
  const { data, error, response } = await steady(() =>
    api.POST("/v1/signatures", {
      body: { intents: intents.map((i) => i.id), signature },
      params: { header: { "Idempotency-Key": key, Prefer: `wait=${patience}` } },
    }),
  );
  if (!data) throw new Problem((error ?? {}) as Partial<Schemas["Problem"]>, response.status);
  return Promise.all(data.outcomes.map(settled));
}

async function settled({ intent, signed, problem }: Schemas["BatchOutcome"]["outcomes"][number]): Promise<Signed> {
  if (signed) return { intent, signed: await outcome(signed) };
  return problem ? { intent, problem } : { intent };
}

/** Signs intents with one gesture for each 200 of them, and waits for what becomes of each. */
export async function signAll(
  intents: Intent[],
  way: Way,
  party: string,
  onSigned: (done: number) => void,
): Promise<Signed[]> {
  const outcomes: Signed[] = [];
  for (let from = 0; from < intents.length; from += maxBatch) {
    const part = intents.slice(from, from + maxBatch);
    const signature = await make(way, await signable(part), party);
    onSigned(from + part.length);
    const [first] = part;
    outcomes.push(...(first && part.length === 1 ? await one(first, signature) : await several(part, signature)));
  }
  return outcomes;
}

/** Whether the law, the server or a colleague stopped it. */
export function stopped(o: Signed): boolean {
  return o.problem !== undefined || ["refused", "withdrawn", "expired"].includes(o.signed?.state ?? "");
}
