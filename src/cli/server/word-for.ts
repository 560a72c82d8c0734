import { nameIn, typedName } from "../../actions/targets/target-words.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

/** The target of a command line in one word, as documents of the API have it; undefined without a word. */
export function wordFor(args: readonly string[], options: TargetOptions): string | undefined {
  const named = nameIn(args, options);
  return named === undefined ? undefined : typedName(named);
}
