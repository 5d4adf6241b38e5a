import type { Schemas } from "../../api/client";
import { totals } from "../../ui/sum";
import type { Payable } from "./queries";

type Amount = Schemas["Amount"];

export function minus(a: Amount, ...others: Amount[]): Amount {
  const negative = (x: Amount): Amount => ({ ...x, amount: x.amount.startsWith("-") ? x.amount.slice(1) : `-${x.amount}` });
  return totals([a, ...others.map(negative)])[0] ?? a;
}

/** What of a payable is disputed, of the free, the held and the assigned part. */
export function disputedOf(p: Payable): Amount {
  return totals([p.disputed, p.held_disputed, p.assigned_disputed])[0] ?? p.disputed;
}

/** What may still be disputed. */
export function disputable(p: Payable): Amount {
  return minus(p.due, disputedOf(p));
}

const exact = /^\d{1,15}(\.\d{1,4})?$/;

/** An amount as a person types it, with or without groups; undefined when it is none. */
export function typed(text: string, currency: string): Amount | undefined {
  const plain = text.replace(/[,\s\u00a0\u202f]/g, "");
  return exact.test(plain) && /[1-9]/.test(plain) ? { amount: plain, currency } : undefined;
}
