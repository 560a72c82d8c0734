import type { Finding } from "../acting.ts";
import { deploymentMeant } from "../../answers/deployments/deployment-meant.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import { guess } from "../targets/no-such-target.ts";

/** The deployment that a person means: an id, the beginning of an id, or `last`. @throws UsageError */
export async function resolveDeployment(
  { config, store }: Pick<Finding, "config" | "store">,
  typed: string,
): Promise<string> {
  refuseEmpty(typed, "deployment", LISTED);
  return (await deploymentMeant(store, typed, undefined)) ?? noSuchDeployment(typed, config.targets);
}

/** A word that names no deployment. The name of a target may have been meant. @throws UsageError */
export function noSuchDeployment(typed: string, targets: readonly TargetKey[]): never {
  if (typed === "last") throw new UsageError("nothing was ever deployed");
  const names = targets.flatMap((each) => [each.fraise, targetName(each)]);
  throw new UsageError(`there is no deployment ${typed}`, { hint: `${guess(typed, names)}${LISTED}` });
}

const LISTED = "fraisier history lists them.";
