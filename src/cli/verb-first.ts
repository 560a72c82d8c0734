import { entryNamed } from "./command-entry.ts";
import { COMMANDS } from "./commands/index.ts";

/**
 * Brings the verb of a noun to the place behind it: `fraisier migration --limit 5 history shop` is how an older fraisier could be called, too. Nothing changes if
 * the word behind the noun is no option.
 */
export function verbFirst(argv: readonly string[]): readonly string[] {
  const [noun, next = ""] = argv;
  const entry = entryNamed(COMMANDS, noun);
  if (noun === undefined || entry === undefined || !("verbs" in entry) || !next.startsWith("-")) return argv;
  const at = argv.findIndex((word, index) => index > 0 && entryNamed(entry.verbs, word) !== undefined);
  const verb = argv[at];
  return verb === undefined ? argv : [noun, verb, ...argv.slice(1, at), ...argv.slice(at + 1)];
}
