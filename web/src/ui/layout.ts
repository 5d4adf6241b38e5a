import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { me } from "../api/queries";

// Which columns of a list a person wants to see, remembered in this browser for each person.

type Named = { id: string; hidden?: boolean };

/** The ids of hidden columns as they were stored; what was never chosen is as the list has it. */
export function hiddenIn(stored: string | null, columns: readonly Named[]): ReadonlySet<string> {
  const usual = new Set(columns.filter((c) => c.hidden).map((c) => c.id));
  try {
    const read: unknown = JSON.parse(stored ?? "null");
    return Array.isArray(read) ? new Set(read.filter((id) => typeof id === "string")) : usual;
  } catch {
    return usual;
  }
}

/** The columns that a person sees, those that are hidden, and how to hide one or show it again. */
export function useColumns<Column extends Named>(list: string, columns: Column[]) {
  const { data: actor } = useSuspenseQuery(me);
  const shelf = `countersign.columns.${actor.user}.${list}`;
  const [stored, setStored] = useState(() => window.localStorage.getItem(shelf));
  const hidden = hiddenIn(stored, columns);
  const onToggle = (id: string) => {
    const next = JSON.stringify(hidden.has(id) ? [...hidden].filter((h) => h !== id) : [...hidden, id]);
    window.localStorage.setItem(shelf, next);
    setStored(next);
  };
  return { shown: columns.filter((c) => !hidden.has(c.id)), hidden, onToggle };
}
