import currencies from "../../../schemas/currencies.json";
import { language } from "../i18n";

const places = new Map<string, number>(Object.entries(currencies.decimals));
const two = (n: number) => String(n).padStart(2, "0");

/** What is made once for each name: to make what formats a text takes a browser far longer than to format it. */
function once<Made>(make: (name: string) => Made): (name: string) => Made {
  const made = new Map<string, Made>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const fresh = make(name);
    made.set(name, fresh);
    return fresh;
  };
}

const longInstants = once((of) => new Intl.DateTimeFormat(of, { dateStyle: "full", timeStyle: "long" }));
const counts = once((of) => new Intl.NumberFormat(of));
const compacts = once((of) => new Intl.NumberFormat(of, { notation: "compact", maximumSignificantDigits: 3 }));

/** 2026-11-21 14:05, in the zone of the reader; the title of the element names the zone. */
export function instant(iso: string): string {
  const d = new Date(iso);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`;
}

export function instantLong(iso: string): string {
  return longInstants(language()).format(new Date(iso));
}

export function count(n: number): string {
  return counts(language()).format(n);
}

/** An exact decimal text with its whole part in groups; the decimals stay as they are stated. */
export function decimal(text: string): string {
  const match = /^([-+]?)(\d+)(\.\d+)?$/.exec(text);
  if (!match) return text;
  const [, sign, whole, rest] = match;
  const grouped = (whole ?? "").replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${sign === "-" ? "\u2212" : ""}${grouped}${rest ?? ""}`;
}

/** How many decimals a currency has: those of the ledger (ISO 4217); 2 for one that it does not know.
 * A browser's own table is another, of how people write prices. */
export function decimalsOf(currency: string): number {
  return places.get(currency) ?? 2;
}

/** An exact amount with all decimals of its currency; more of them stay as they are stated. */
export function amount(text: string, currency: string): string {
  const match = /^([-+]?\d+)(?:\.(\d*))?$/.exec(text);
  const decimals = decimalsOf(currency);
  if (!match || decimals === 0) return decimal(text);
  return decimal(`${match[1] ?? ""}.${(match[2] ?? "").padEnd(decimals, "0")}`);
}

/** A value as a paper states it: sums of money with all decimals, numbers of a unit in groups. A
 * number alone stays as it is: it may be that of an account or an order. */
export function stated(value: string): string {
  const match = /^([-+]?[\d,]+(?:\.\d+)?) ([A-Z]{3})$/.exec(value);
  if (match) return `${amount((match[1] ?? "").replaceAll(",", ""), match[2] ?? "")} ${match[2] ?? ""}`;
  const number = /^([-+]?\d+(?:\.\d+)?)( .+)$/.exec(value);
  return number ? `${decimal(number[1] ?? "")}${number[2] ?? ""}` : value;
}

/** A digest short enough for a line: both ends. */
export function shortDigest(digest: string): string {
  const hex = digest.replace(/^sha-256:/, "");
  return hex.length > 20 ? `${hex.slice(0, 8)}…${hex.slice(-8)}` : hex;
}

/** A number in short, for charts only: the full one stands beside it. "1.2M", "120万". */
export function compact(text: string): string {
  return compacts(language()).format(text as Intl.StringNumericLiteral).replace("-", "\u2212");
}
