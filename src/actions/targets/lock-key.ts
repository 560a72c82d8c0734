import type { Config } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { covers } from "../../domain/lock.ts";
import { noSuchTarget } from "./no-such-target.ts";
import { isMeant, nameIn } from "./target-words.ts";

export interface LockOptions {
  readonly all?: boolean;
  readonly job?: string;
  readonly reason?: string;
}

/**
 * The key that `lock` and `unlock` name: a target, a fraise in every environment, or `--all`.
 * @param locks those that may be named as well: of what fraises.yaml no longer has, too.
 * @throws UsageError
 */
export function lockKey(
  config: Config,
  words: readonly string[],
  { all, ...options }: LockOptions,
  locks: readonly TargetKey[] = [],
): TargetKey {
  if (all === true) {
    if (words.length > 0) throw new UsageError("--all locks every target: name none beside it");
    return { fraise: "*", environment: "*", job: "*" };
  }
  const named = nameIn(words, options);
  if (named === undefined)
    throw new UsageError("which target?", { hint: "fraisier lock <target> [environment], or --all." });
  const key = { environment: "*", job: "*", ...named };
  const isKnown = config.targets.some((each) => isMeant(each, named)) || locks.some((lock) => covers(key, lock));
  if (!isKnown) throw noSuchTarget(config.file, named, config.targets);
  return key;
}
