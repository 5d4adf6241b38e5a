// Days as the ledger has them, YYYY-MM-DD: days of the calendar, not instants of a zone.

const dayLength = 86_400_000;

const time = (day: string) => Date.parse(`${day}T00:00:00Z`);

export function plusDays(day: string, n: number): string {
  return new Date(time(day) + n * dayLength).toISOString().slice(0, 10);
}

/** 0 is Monday. */
export function weekday(day: string): number {
  return (new Date(time(day)).getUTCDay() + 6) % 7;
}

export function monday(day: string): string {
  return plusDays(day, -weekday(day));
}

export const monthOf = (day: string) => day.slice(0, 7);

export function plusMonths(month: string, n: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + n, 1)).toISOString().slice(0, 7);
}

/** The days of the weeks that a month is in: whole weeks from Monday to Sunday. */
export function daysAround(month: string): string[] {
  const first = monday(`${month}-01`);
  const days: string[] = [];
  for (let n = 0; n < 42; n++) {
    const day = plusDays(first, n);
    if (n % 7 === 0 && n > 0 && monthOf(day) !== month) break;
    days.push(day);
  }
  return days;
}
