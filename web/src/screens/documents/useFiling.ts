import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Pack, type Schemas, taken } from "../../api/client";

type Row = Schemas["PaperRow"];

/** What became of one paper that was to go into a trade pack. */
export type Filed = { paper: Row; state: "filed" | "there" | "refused"; problem?: Error };

async function file(pack: Pack, paper: Row): Promise<Filed> {
  if (pack.documents.includes(paper.id)) return { paper, state: "there" };
  try {
    await taken(
      api.POST("/v1/packs/{pack}/papers", {
        params: { path: { pack: pack.id }, header: { "Idempotency-Key": window.crypto.randomUUID() } },
        body: { documents: [paper.id] },
      }),
    );
    return { paper, state: "filed" };
  } catch (error) {
    return { paper, state: "refused", problem: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Puts papers into a trade pack one by one, so that one that is refused stops no other. */
export function useFiling() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ pack, papers }: { pack: Pack; papers: Row[] }) => {
      const results: Filed[] = [];
      for (const paper of papers) results.push(await file(pack, paper));
      return { pack, results };
    },
    onSettled: async (_, __, { pack }) => {
      await client.invalidateQueries({ queryKey: ["packs"] });
      await client.invalidateQueries({ queryKey: ["pack", pack.id] });
    },
  });
}
