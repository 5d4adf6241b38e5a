import type { ReactNode } from "react";
import { instant, instantLong } from "./format";

/** An instant as lists write it, or as a sentence that names it; the long form with its zone is its title. */
export function When({ at, className, children }: { at: string | undefined; className?: string | undefined; children?: ReactNode }) {
  if (!at) return null;
  return (
    <time dateTime={at} title={instantLong(at)} className={className}>
      {children ?? instant(at)}
    </time>
  );
}
