import { instant, instantLong } from "./format";

/** An instant as lists write it; the long form with its zone is its title. */
export function When({ at }: { at: string | undefined }) {
  if (!at) return null;
  return (
    <time dateTime={at} title={instantLong(at)}>
      {instant(at)}
    </time>
  );
}
