import { useThrottledCallback } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { type PaperSearch, papers, windowSize } from "./queries";

type Row = Schemas["PaperRow"];

/** While somebody drags through a list, what is on the way past is asked for no more often than this. */
const glance = 100;

/** Rows above and below the screen that are fetched before they are seen. */
const ahead = 40;

/**
 * The papers that are on the screen, fetched window by window. The first window stays, because it
 * says how many there are: a place that was never seen has no answer yet.
 */
export function useRows(search: PaperSearch) {
  const asked = JSON.stringify(search);
  const [seen, setSeen] = useState({ asked, from: 0, to: 0 });
  const see = useThrottledCallback((first: number, last: number) => {
    const from = Math.floor(Math.max(0, first - ahead) / windowSize);
    const to = Math.floor((last + ahead) / windowSize);
    setSeen((now) => (now.asked === asked && now.from === from && now.to === to ? now : { asked, from, to }));
  }, glance);
  const indices = [0];
  // Another question begins at the top: a place far down the answer before it is not fetched of this one.
  if (seen.asked === asked || seen.from === 0) for (let i = Math.max(1, seen.from); i <= seen.to; i++) indices.push(i);
  const found = useQueries({
    queries: indices.map((i) => papers(search, i)),
    combine: (results) => {
      const rows = new Map<number, Row>();
      results.forEach((r, n) => {
        r.data?.items.forEach((row, at) => rows.set((indices[n] ?? 0) * windowSize + at, row));
      });
      const failed = results.find((r) => r.error);
      return { rows, total: results[0]?.data?.total ?? 0, here: results[0]?.data !== undefined, error: failed?.error, again: failed?.refetch };
    },
  });
  return { ...found, see };
}
