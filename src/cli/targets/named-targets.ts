import type { Config } from "../../config/config.ts";
import { noSuchTarget } from "../../actions/targets/no-such-target.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { isMeant, nameIn } from "../../actions/targets/target-words.ts";

/** Every target that the words of a command line name; all of fraises.yaml if there are no words. @throws UsageError if there is none. */
export function namedTargets(config: Config, words: readonly string[], options: TargetOptions): Config["targets"] {
  const named = nameIn(words, options);
  if (named === undefined) return config.targets;
  const found = config.targets.filter((each) => isMeant(each, named));
  if (found.length === 0) throw noSuchTarget(config.file, named, config.targets);
  return found;
}
