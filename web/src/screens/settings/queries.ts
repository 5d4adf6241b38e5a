import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas, taken } from "../../api/client";
import { shows } from "../../live/live";

export const persons = queryOptions({
  queryKey: ["persons"],
  queryFn: async () => (await taken(api.GET("/v1/persons"))).items,
  meta: shows("intent"), // another admin enrols or revokes
});

export const personOf = (id: string) =>
  queryOptions({
    queryKey: ["person", id],
    queryFn: () => taken(api.GET("/v1/persons/{person}", { params: { path: { person: id } } })),
    meta: shows("intent"),
  });

export const sessions = queryOptions({
  queryKey: ["sessions"],
  queryFn: async () => (await taken(api.GET("/v1/sessions"))).items,
});

export const codes = queryOptions({
  queryKey: ["codes"],
  queryFn: () => taken(api.GET("/v1/codes")),
});

export const programmes = queryOptions({
  queryKey: ["programmes", "settings"],
  queryFn: async () => (await taken(api.GET("/v1/programmes", { params: { query: { limit: 200 } } }))).items,
});

/** What of an administrative intent its signers read: whom and what it is about. */
export type Request = {
  intent: Schemas["Intent"];
  person?: string;
  key?: { id: string; public: string; relying_party?: string };
  roles?: string[];
  reason?: string;
};

type Args = {
  person?: string | { id: string; roles: string[]; keys: { id: string; public: string }[] };
  key?: string | { id: string; public: string; relying_party?: string };
  reason?: string;
};

/** Read from the command's own text: that is what is signed. */
function read(intent: Schemas["Intent"]): Request {
  const { args } = JSON.parse(intent.command) as { args: Args };
  const { person, key, reason } = args;
  const first = typeof person === "object" ? person.keys[0] : undefined;
  return {
    intent,
    ...(person ? { person: typeof person === "object" ? person.id : person } : {}),
    ...(typeof person === "object" ? { roles: person.roles } : {}),
    ...(typeof key === "object" ? { key } : first ? { key: first } : {}),
    ...(reason ? { reason } : {}),
  };
}

/** What waits for an admin to sign about persons and keys. */
export const requests = queryOptions({
  queryKey: ["intents", "organisation"],
  queryFn: async () => {
    const page = await taken(api.GET("/v1/intents", { params: { query: { limit: 200 } } }));
    return page.items.filter((i) => i.act.startsWith("organisation.")).map(read);
  },
  refetchInterval: 5_000,
});
