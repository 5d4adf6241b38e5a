import type { ReactNode } from "react";
import classes from "./Table.module.css";

/** A table of a few rows. One that scrolls takes the keyboard; on a phone its rows are cards, so cells say their data-title. */
export function Table({ label, className = "", children }: { label: string; className?: string | undefined; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a table that scrolls takes the keyboard
    <section className={classes.scroller} tabIndex={0} aria-label={label}>
      <table className={`${classes.table} ${className}`}>{children}</table>
    </section>
  );
}
