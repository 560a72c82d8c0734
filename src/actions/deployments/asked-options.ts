import { deployerOf } from "../../deployers/index.ts";
import type { Target } from "../../config/config.ts";
import type { DeploymentOptions } from "../../domain/deployment-options.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";

/** The options of `deploy` and `plan` as commander gives them. */
export interface AskedOptions {
  readonly group?: readonly string[];
  readonly skipGroup?: readonly string[];
  readonly continueOnFailure?: boolean;
  /** False for --no-health-check. */
  readonly healthCheck?: boolean;
  readonly skipValidation?: boolean;
}

/**
 * Turns the options of the command line into options of a deployment. @throws UsageError for groups the target does not have: nothing is accepted and ignored.
 */
export function askedOptions(target: Target, asked: AskedOptions): DeploymentOptions {
  refuseGroups(target, asked);
  return {
    groups: asked.group ?? [],
    skip_groups: asked.skipGroup ?? [],
    continue_on_failure: asked.continueOnFailure === true,
    no_health_check: asked.healthCheck === false,
    skip_validation: asked.skipValidation === true,
  };
}

/** @throws UsageError for groups that the target does not have, or if none is left. */
function refuseGroups(target: Target, { group = [], skipGroup = [], continueOnFailure = false }: AskedOptions): void {
  const groups = deployerOf(target).groups?.(target);
  if (groups !== undefined) refuseSelection(target, groups, { only: group, not: skipGroup });
  else if (group.length > 0 || skipGroup.length > 0 || continueOnFailure) {
    throw new UsageError(`${targetName(target)} has no component groups: it is of type ${target.type}`, {
      hint: "--group, --skip-group and --continue-on-failure are for type groups.",
    });
  }
}

/** @throws UsageError for a group that is not there, or if no group is left. */
function refuseSelection(
  target: Target,
  groups: readonly string[],
  { only, not }: { readonly only: readonly string[]; readonly not: readonly string[] },
): void {
  const name = targetName(target);
  const hint = `It has ${groups.join(", ")}.`;
  const unknown = [...only, ...not].find((each) => !groups.includes(each));
  if (unknown !== undefined) throw new UsageError(`${name} has no group ${unknown}`, { hint });
  const left = groups.filter((each) => (only.length === 0 || only.includes(each)) && !not.includes(each));
  if (left.length === 0) throw new UsageError(`no group of ${name} is left to deploy`, { hint });
}

/** The options as a person would type them; `""` for none. */
export function optionsInWords(options: DeploymentOptions): string {
  return [
    ...(options.groups ?? []).map((name) => `--group ${name}`),
    ...(options.skip_groups ?? []).map((name) => `--skip-group ${name}`),
    ...(options.continue_on_failure === true ? ["--continue-on-failure"] : []),
    ...(options.no_health_check === true ? ["--no-health-check"] : []),
    ...(options.skip_validation === true ? ["--skip-validation"] : []),
  ].join(" ");
}
