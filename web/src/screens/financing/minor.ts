import type { Schemas } from "../../api/client";
import { decimalsOf } from "../../ui/format";

type Amount = Schemas["Amount"];

/** Exact minor units: money is never a float. */
export function toMinor({ amount, currency }: Amount): bigint {
  const decimals = decimalsOf(currency);
  const [whole = "0", rest = ""] = amount.split(".");
  return BigInt(whole + rest.slice(0, decimals).padEnd(decimals, "0"));
}

export function fromMinor(minor: bigint, currency: string): Amount {
  const decimals = decimalsOf(currency);
  const text = String(minor).padStart(decimals + 1, "0");
  const cut = text.length - decimals;
  return { amount: decimals === 0 ? text : `${text.slice(0, cut)}.${text.slice(cut)}`, currency };
}
