import { useThrottledCallback } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { type AuditSearch, entries, type Entry, windowSize } from "./queries";

const glance = 100;
const ahead = 40;

/** The entries that are on the screen, fetched window by window; the first says how many there are. */
export function useEntries(search: AuditSearch) {
  const [seen, setSeen] = useState({ from: 0, to: 0 });
  const see = useThrottledCallback((first: number, last: number) => {
    const from = Math.floor(Math.max(0, first - ahead) / windowSize);
    const to = Math.floor((last + ahead) / windowSize);
    setSeen((now) => (now.from === from && now.to === to ? now : { from, to }));
  }, glance);
  const indices = [0];
  for (let i = Math.max(1, seen.from); i <= seen.to; i++) indices.push(i);
  const found = useQueries({
    queries: indices.map((i) => entries(search, i)),
    combine: (results) => {
      const rows = new Map<number, Entry>();
      results.forEach((r, n) => {
        r.data?.items.forEach((row, at) => rows.set((indices[n] ?? 0) * windowSize + at, row));
      });
      const failed = results.find((r) => r.error);
      return {
        rows,
        total: results[0]?.data?.total ?? 0,
        here: results[0]?.data !== undefined,
        error: failed?.error,
        again: failed?.refetch,
      };
    },
  });
  return { ...found, see };
}
