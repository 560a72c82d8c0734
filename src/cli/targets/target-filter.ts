import type { Reader } from "../../compose/app.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { noSuchTarget } from "../../actions/targets/no-such-target.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { isMeant, nameIn } from "../../actions/targets/target-words.ts";

/**
 * The words of a command line as a filter: nothing is every target, `shop` is every target of the fraise. A target that left fraises.yaml and is still on record
 * counts, too. @throws UsageError with the nearest name if there is no such target.
 */
export async function targetFilter(
  { config, store }: Pick<Reader, "config" | "store">,
  words: readonly string[],
  options: TargetOptions,
): Promise<Partial<TargetKey>> {
  const named = nameIn(words, options);
  if (named === undefined || config.targets.some((each) => isMeant(each, named))) return named ?? {};
  const recorded = await store.targets.status();
  if (recorded.some((each) => isMeant(each, named))) return named;
  throw noSuchTarget(config.file, named, [...config.targets, ...recorded]);
}
