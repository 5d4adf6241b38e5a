import createClient, { type Middleware } from "openapi-fetch";
import { language } from "../i18n";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type PaperDocument = Schemas["Document"];
export type Finding = Schemas["Finding"];
export type Actor = Schemas["Actor"];
export type Pack = Schemas["Pack"];

/** What is wrong and what to do, both in the language asked for. */
function told(body: Partial<Schemas["Problem"]>): string {
  return [body.detail ?? "", body.action ?? ""].filter((text) => text !== "").join(language() === "en" ? " — " : "");
}

/** What the server answers when it does not do as asked (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly instance: string;
  /** Every value at fault, where several are. */
  readonly faults: Schemas["Fault"][];

  constructor(body: Partial<Schemas["Problem"]>, status: number) {
    super(told(body));
    this.status = status;
    this.code = body.code ?? "";
    this.instance = body.instance ?? "";
    this.faults = body.errors ?? [
      { code: this.code, path: body.path ?? "", message: body.detail ?? "", action: body.action ?? "" },
    ];
  }
}

const spoken: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", language());
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: "same-origin" });
api.use(spoken);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer; anything else is thrown as a Problem. */
export async function taken<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new Problem((error ?? {}) as Partial<Schemas["Problem"]>, response.status);
  return data as T;
}
