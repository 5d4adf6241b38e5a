import { filterOf, type Side } from "../payables/queries";

export type View = "ladder" | "table" | "month";
export const views: View[] = ["ladder", "table", "month"];

/** What the calendar shows; it stands in the address. */
export type CalendarSearch = { side?: Side; view?: View; from?: string; month?: string };

export function calendarSearch(search: Record<string, unknown>): CalendarSearch {
  const { side, from } = filterOf(search);
  const view = views.find((v) => v === search.view);
  const month = typeof search.month === "string" && /^\d{4}-(0[1-9]|1[0-2])$/.test(search.month) ? search.month : undefined;
  return {
    ...(side ? { side } : {}),
    ...(view ? { view } : {}),
    ...(from ? { from } : {}),
    ...(month ? { month } : {}),
  };
}
