import type { App } from "../../compose/app.ts";
import type { Config } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetWordsAndRest } from "../../actions/targets/named-target.ts";
import { namedEnvironment } from "../targets/named-environment.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { isMeant } from "../../actions/targets/target-words.ts";

type Known = Pick<Config, "file" | "targets">;

/** The owner of variables that a command line names, and the words behind its name. */
export interface OwnerWords {
  readonly owner: TargetKey;
  readonly rest: readonly string[];
}

/**
 * The owner of the variables: an environment (for all of its jobs) or one job. @param most how many words may follow the name. @throws UsageError that names those
 * there are.
 */
export function variableOwner(
  config: Known,
  words: readonly string[],
  options: TargetOptions & { readonly most: number },
): OwnerWords {
  const { named, rest } = targetWordsAndRest(config, words, options);
  if (named === undefined) throw new UsageError("which target?", { hint: "fraisier list shows what there is." });
  const { fraise, job = "" } = named;
  return { owner: { fraise, environment: namedEnvironment(config, named), job }, rest };
}

/** Also takes a target that left fraises.yaml and still has variables, which can be listed and deleted. @throws UsageError */
export async function recordedOwner(
  { config, store }: Pick<App, "config" | "store">,
  words: readonly string[],
  options: TargetOptions & { readonly most: number },
): Promise<OwnerWords> {
  const { named, rest } = targetWordsAndRest(config, words, options);
  const { fraise = "", environment = "", job = "" } = named ?? {};
  const gone = { fraise, environment, job };
  const isKnown = config.targets.some((each) => isMeant(each, { fraise, environment }));
  if (!isKnown && environment !== "" && (await store.variables.of(gone)).length > 0) return { owner: gone, rest };
  return variableOwner(config, words, options);
}
