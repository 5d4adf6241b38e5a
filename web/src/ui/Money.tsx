import type { Schemas } from "../api/client";
import { amount } from "./format";
import classes from "./Money.module.css";

/** An amount with all decimals of its currency, and the code of the currency after it in small. */
export function Money({ value, size = "sm" }: { value: Schemas["Amount"]; size?: "sm" | "lg" }) {
  return (
    <span className={classes.money} data-size={size}>
      {amount(value.amount, value.currency)} <span className={classes.code}>{value.currency}</span>
    </span>
  );
}
