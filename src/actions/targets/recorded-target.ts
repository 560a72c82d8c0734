import type { Finding } from "../acting.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { namedTarget } from "./named-target.ts";
import type { TargetOptions } from "./target-words.ts";
import { isMeant, nameIn } from "./target-words.ts";

/** A target of fraises.yaml, or one that left it and is still on record. @throws UsageError that names the targets there are. */
export async function recordedTarget(
  { config, store }: Pick<Finding, "config" | "store">,
  words: readonly string[],
  options: TargetOptions,
): Promise<TargetKey> {
  const named = nameIn(words, options);
  if (named !== undefined && !config.targets.some((each) => isMeant(each, named))) {
    const [only, another] = (await store.targets.status({ fraise: named.fraise })).filter((each) =>
      isMeant(each, named),
    );
    if (only !== undefined && another === undefined)
      return { fraise: only.fraise, environment: only.environment, job: only.job };
  }
  return namedTarget(config, words, options);
}
