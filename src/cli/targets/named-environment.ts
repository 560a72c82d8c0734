import type { Config } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import { noSuchTarget } from "../../actions/targets/no-such-target.ts";
import type { NamedTarget } from "../../actions/targets/target-words.ts";
import { isMeant } from "../../actions/targets/target-words.ts";

/** The environment of a fraise that a name stands for, with all of its jobs; the fraise alone is enough if it has one. @throws UsageError */
export function namedEnvironment({ file, targets }: Pick<Config, "file" | "targets">, named: NamedTarget): string {
  const found = targets.filter((each) => isMeant(each, named));
  const environments = [...new Set(found.map(({ environment }) => environment))];
  const [environment, another] = environments;
  if (environment === undefined) throw noSuchTarget(file, named, targets);
  if (another === undefined) return environment;
  throw new UsageError(`${named.fraise} has several environments: which one?`, {
    hint: environments.map((each) => `${named.fraise}/${each}`).join(", or "),
  });
}
