import type { Config } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { covers } from "../../domain/lock.ts";

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
  [fraise, environment]: readonly string[],
  { all, job }: LockOptions,
  locks: readonly TargetKey[] = [],
): TargetKey {
  if (all === true) {
    if (fraise !== undefined) throw new UsageError("--all locks every target: name none beside it");
    return { fraise: "*", environment: "*", job: "*" };
  }
  if (fraise === undefined)
    throw new UsageError("which target?", { hint: "fraisier lock <fraise> [environment], or --all." });
  const key = { fraise, environment: environment ?? "*", job: job ?? "*" };
  const isKnown = config.targets.some(
    (each) =>
      each.fraise === fraise &&
      (environment === undefined || each.environment === environment) &&
      (job === undefined || each.job === job),
  );
  if (!isKnown && !locks.some((lock) => covers(key, lock))) {
    const name = [fraise, environment, job].filter((part) => part !== undefined).join("/");
    throw new UsageError(`${config.file} has no ${name}`, {
      hint: `It has ${config.targets.map(targetName).join(", ")}.`,
    });
  }
  return key;
}
