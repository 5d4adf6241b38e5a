import type { Schemas } from "../api/client";

type Amount = Schemas["Amount"];

/** An exact decimal text as whole units of its last place, and how many places it has. */
function exact(text: string): { units: bigint; places: number } {
  const [whole = "0", decimals = ""] = text.split(".");
  return { units: BigInt(whole + decimals), places: decimals.length };
}

function written(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return units < 0n ? `-${text}` : text;
}

/** What amounts come to, one sum for each currency: amounts of two currencies are never added. */
export function totals(amounts: Amount[]): Amount[] {
  const sums = new Map<string, { units: bigint; places: number }>();
  for (const a of amounts) {
    const add = exact(a.amount);
    const sum = sums.get(a.currency) ?? { units: 0n, places: 0 };
    const places = Math.max(add.places, sum.places);
    const scaled = (n: { units: bigint; places: number }) => n.units * 10n ** BigInt(places - n.places);
    sums.set(a.currency, { units: scaled(sum) + scaled(add), places });
  }
  return [...sums].map(([currency, { units, places }]) => ({ amount: written(units, places), currency }));
}

export function isZero(a: Amount): boolean {
  return exact(a.amount).units === 0n;
}

/** Which part of a whole an amount is, in thousandths: for the length of a bar, never for money. */
export function thousandths(part: Amount, whole: Amount): number {
  const p = exact(part.amount);
  const w = exact(whole.amount);
  if (w.units === 0n) return 0;
  const places = BigInt(Math.max(p.places, w.places));
  const scaled = (n: { units: bigint; places: number }) => n.units * 10n ** (places - BigInt(n.places));
  return Number((scaled(p) * 1000n) / scaled(w));
}

/** The larger of two amounts of one currency. */
export function larger(a: Amount, b: Amount): Amount {
  const [x, y] = [exact(a.amount), exact(b.amount)];
  const places = BigInt(Math.max(x.places, y.places));
  return x.units * 10n ** (places - BigInt(x.places)) >= y.units * 10n ** (places - BigInt(y.places)) ? a : b;
}
