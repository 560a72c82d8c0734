import { readConfig } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { namedEnvironment } from "../targets/named-environment.ts";
import { nameIn } from "../../actions/targets/target-words.ts";

/** An environment of a fraise in fraises.yaml: jobs are keys below it. */
export type EditedPlace = Pick<TargetKey, "fraise" | "environment">;

/** The place in fraises.yaml that the words name, whether it is there or not. @throws UsageError */
export function newPlace(words: readonly string[]): EditedPlace {
  const { fraise, environment } = environmentIn(words);
  if (environment !== undefined) return { fraise, environment };
  throw new UsageError(`which environment of ${fraise}?`, { hint: `${fraise}/production, for example.` });
}

/** The place in fraises.yaml that the words name; a fraise with one environment is named by itself. @throws UsageError */
export async function editedPlace(configFile: string | undefined, words: readonly string[]): Promise<EditedPlace> {
  const named = environmentIn(words);
  const { fraise, environment } = named;
  // A file that does not load can be mended all the same, if the environment is named.
  return { fraise, environment: environment ?? namedEnvironment(await readConfig(configFile), named) };
}

function environmentIn(words: readonly string[]) {
  const named = nameIn(words, {});
  if (named === undefined) throw new UsageError("which target?", { hint: "fraisier target list shows what there is." });
  if (named.job === undefined) return named;
  throw new UsageError(`${words.join(" ")} is a job: a job is edited as a key of its environment`, {
    hint: `--set jobs.${named.job}.…`,
  });
}
