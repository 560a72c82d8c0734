import type { Reader } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { NamedTarget, TargetOptions } from "../../actions/targets/target-words.ts";
import { resolveDeployment } from "../../actions/deployments/resolve-deployment.ts";

type Known = Pick<Reader, "config" | "store">;

/** The deployment that a person means: an id, the beginning of one, `last`, or a target, whose newest one it is. @throws UsageError */
export async function namedDeployment(
  reader: Known,
  words: readonly string[],
  options: TargetOptions,
): Promise<string> {
  const [typed = ""] = words;
  if (!(await isTargetMeant(reader, words, options))) return await resolveDeployment(reader, typed);
  const filter = await targetFilter(reader, words, options);
  const [newest] = await reader.store.deployments.history({ ...filter, limit: 1 });
  if (newest !== undefined) return newest.id;
  throw new UsageError(`nothing was ever deployed to ${words.join("/")}`, {
    hint: "fraisier status says what runs on each target.",
  });
}

/** Whether words name a target, and not an id. The name of a fraise goes before the beginning of an id. */
export async function isTargetMeant(
  { config, store }: Known,
  [first = "", ...more]: readonly string[],
  { job }: TargetOptions,
): Promise<boolean> {
  if (more.length > 0 || job !== undefined || first.includes("/")) return true;
  const isNamed = ({ fraise }: NamedTarget): boolean => fraise === first;
  return config.targets.some(isNamed) || (await store.targets.status({ fraise: first })).length > 0;
}
