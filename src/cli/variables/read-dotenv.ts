import { parseEnv } from "node:util";
import { UsageError } from "../../domain/errors.ts";
import { checkVariable } from "../../domain/variable.ts";

/** A line (or several, within quotes) of a dotenv file. Only the form is checked here; Node reads the value. */
const ENTRY =
  /[ \t]*(?:#[^\n]*|(?:export[ \t]+)?([^\s=#"'`]+)[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|([^\s#"'`][^\n]*?)??)[ \t]*(?:[ \t]#[^\n]*)?)?\r?(?:\n|$)/y;

/**
 * The variables of a dotenv file: quotes, `export`, comments, multi-line values. @throws UsageError with the line, if Node's parser would drop a value without
 * a word.
 */
export function readDotenv(text: string, file: string): ReadonlyMap<string, string> {
  const source = text.replace(/^\uFEFF/, "");
  const names = entryNames(source, file);
  const parsed = new Map(Object.entries(parseEnv(source)).map(([name, value]) => [name, value ?? ""]));
  const lost = names.filter((name) => !parsed.has(name));
  if (lost.length > 0 || parsed.size !== new Set(names).size)
    throw new UsageError(`${file} cannot be read for certain: ${lost.join(", ") || "it has more names than entries"}`);
  if (parsed.size === 0) throw new UsageError(`${file} has no variables`, { hint: "A line is NAME=value." });
  for (const [name, value] of parsed) checkVariable(name, value);
  return parsed;
}

/** The names of all entries. Node's parser skips what it does not understand, and takes a quote that does not end for the rest of the file. */
function entryNames(source: string, file: string): readonly string[] {
  const names: string[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < source.length) {
    const at = ENTRY.lastIndex;
    const match = ENTRY.exec(source);
    const line = (): number => source.slice(0, at).split("\n").length;
    if (match === null) {
      throw new UsageError(`${file}:${line()}: this is no NAME=value`, {
        hint: `Does a quote not end, or stand within its own value? Choose among "…", '…' and \`…\`.`,
      });
    }
    const [, name, bare = ""] = match;
    if (/[^\s]#/.test(bare)) {
      throw new UsageError(`${file}:${line()}: a # within a value without quotes would end it`, {
        hint: `Write it in quotes: ${name}='…'`,
      });
    }
    if (name !== undefined) names.push(name);
  }
  return names;
}
