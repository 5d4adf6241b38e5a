// How high rows are: 36 px, or 28 for who reads long lists (--row in main.css).

export const densities = ["comfortable", "compact"] as const;
export type Density = (typeof densities)[number];

const key = "countersign.density";

export function density(): Density {
  return window.localStorage.getItem(key) === "compact" ? "compact" : "comfortable";
}

/** Sets the density of this browser; the page follows at once. */
export function setDensity(chosen: Density): void {
  window.localStorage.setItem(key, chosen);
  startDensity();
}

export function startDensity(): void {
  document.documentElement.dataset.density = density();
}
