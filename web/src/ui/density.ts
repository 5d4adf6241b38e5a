import { useSyncExternalStore } from "react";

// How high rows are: 36 px, or 28 for who reads long lists (--row in main.css).

export const densities = ["comfortable", "compact"] as const;
export type Density = (typeof densities)[number];

/** What a row of a list takes, as --row says it. */
export const rowHeights: Record<Density, number> = { comfortable: 36, compact: 28 };

const key = "countersign.density";
const watchers = new Set<() => void>();

export function density(): Density {
  return window.localStorage.getItem(key) === "compact" ? "compact" : "comfortable";
}

function watch(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

/** The density of this browser, as it is now. */
export function useDensity(): Density {
  return useSyncExternalStore(watch, density);
}

/** Sets the density of this browser; the page follows at once. */
export function setDensity(chosen: Density): void {
  window.localStorage.setItem(key, chosen);
  startDensity();
  for (const changed of watchers) changed();
}

export function startDensity(): void {
  document.documentElement.dataset.density = density();
}
