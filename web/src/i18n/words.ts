/** A tree of words as a file of one area holds it. */
export type Words = { [key: string]: string | Words };

/**
 * The words of a language, one area a file: the words of en/upload.json are asked for as
 * "upload.…".
 */
export function gathered(files: Record<string, Words>): Words {
  return Object.fromEntries(
    Object.entries(files).map(([path, words]) => [path.replace(/^.*\//, "").replace(/\.json$/, ""), words]),
  );
}
