import type { Config, Target } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { noSuchTarget } from "./no-such-target.ts";
import type { NamedTarget, TargetOptions, TargetWords } from "./target-words.ts";
import { isMeant, nameIn, targetWords, typedName } from "./target-words.ts";

/** The targets of a fraises.yaml, as far as they are known. */
interface Known<Named extends TargetKey> extends Pick<Config, "file"> {
  readonly targets: readonly Named[];
}

/** The only target that the words of a command line name. @throws UsageError with the nearest name, or with the names of all that may be meant. */
export function namedTarget<Named extends TargetKey>(
  config: Known<Named>,
  words: readonly string[],
  options: TargetOptions,
): Named {
  return onlyTarget(config, nameIn(words, options));
}

/** Like namedTarget, for commands with more words: the second word belongs to the name if the fraise has such an environment. */
export function namedTargetAndRest(
  config: Known<Target>,
  words: readonly string[],
  { most, ...options }: TargetOptions & { readonly most: number },
): { readonly target: Target; readonly rest: readonly string[] } {
  const { named, rest } = targetWordsAndRest(config, words, { most, ...options });
  return { target: onlyTarget(config, named), rest };
}

/**
 * Takes the words apart that name a target and something of it. The second word belongs to the name if the fraise has such an environment, or if there are more
 * words than the command takes. @throws UsageError if there are too many words all the same.
 */
export function targetWordsAndRest(
  { targets }: Known<TargetKey>,
  words: readonly string[],
  { most, ...options }: TargetOptions & { readonly most: number },
): TargetWords {
  const isEnvironment = (fraise: string, environment: string): boolean =>
    words.length - 2 >= most || targets.some((each) => isMeant(each, { fraise, environment }));
  const found = targetWords(words, options, isEnvironment);
  const extra = found.rest.slice(most);
  if (extra.length === 0) return found;
  throw new UsageError(`there are too many words: ${extra.join(" ")}`, {
    hint: "A value with spaces needs quotes. The environment is named once.",
  });
}

function onlyTarget<Named extends TargetKey>(config: Known<Named>, named: NamedTarget | undefined): Named {
  if (named === undefined) throw new UsageError("which target?", { hint: "fraisier list shows what there is." });
  const found = config.targets.filter((each) => isMeant(each, named));
  // A target without jobs is meant by itself, whatever jobs stand beside it.
  const [only, another] = found.length > 1 && named.environment !== undefined ? withoutJob(found) : found;
  if (only === undefined) throw noSuchTarget(config.file, named, config.targets);
  if (another === undefined) return only;
  const isSameEnvironment = found.every(({ environment }) => environment === only.environment);
  throw new UsageError(`${typedName(named)} has ${isSameEnvironment ? "jobs" : "several targets"}: which one?`, {
    hint: found.map(targetName).join(", or "),
  });
}

function withoutJob<Named extends TargetKey>(targets: readonly Named[]): readonly Named[] {
  const own = targets.filter(({ job }) => job === "");
  return own.length === 0 ? targets : own;
}
