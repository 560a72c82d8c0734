import { splitFiles } from "../from-git/two-files.ts";
import type { Path } from "./locate.ts";
import { readDocument } from "./read-document.ts";

/** The line of the local file in which a key has its value; undefined if the file does not have the key. */
export function lineOfKey(
  { text, file }: { readonly text: string; readonly file: string },
  path: Path,
): number | undefined {
  const document = readDocument(splitFiles(text).local, file);
  return document.has(path) ? document.problemAt(path, "").line : undefined;
}
