/** How long something has waited, in the largest unit that it has waited for at least once. */
export type Age = { unit: "now" | "minutes" | "hours" | "days"; count: number };

export function age(since: string, now: Date): Age {
  const minutes = Math.floor((now.getTime() - new Date(since).getTime()) / 60_000);
  if (minutes < 1) return { unit: "now", count: 0 };
  if (minutes < 60) return { unit: "minutes", count: minutes };
  if (minutes < 24 * 60) return { unit: "hours", count: Math.floor(minutes / 60) };
  return { unit: "days", count: Math.floor(minutes / (24 * 60)) };
}

/** How many days a due date is away from a day, below zero when it has passed. */
export function daysUntil(due: string, day: string): number {
  return Math.round((Date.parse(`${due}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / 86_400_000);
}

const two = (n: number) => String(n).padStart(2, "0");

/** Today where the reader is. */
export function today(now: Date): string {
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
