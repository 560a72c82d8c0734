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
function refuseGroups(target: Target, asked: AskedOptions): void {
  const { group: only = [], skipGroup: not = [], continueOnFailure = false } = asked;
  const groups = deployerOf(target).groups?.(target);
  const name = targetName(target);
  if (groups === undefined && (only.length > 0 || not.length > 0 || continueOnFailure)) {
    throw new UsageError(`${name} has no component groups: it is of type ${target.type}`, {
      hint: "--group, --skip-group and --continue-on-failure are for type groups.",
    });
  }
  for (const each of [...only, ...not]) {
    if (groups?.includes(each) === false)
      throw new UsageError(`${name} has no group ${each}`, { hint: `It has ${groups.join(", ")}.` });
  }
  if (groups?.every((each) => not.includes(each) || (only.length > 0 && !only.includes(each))) === true) {
    throw new UsageError(`no group of ${name} is left to deploy`, { hint: `It has ${groups.join(", ")}.` });
  }
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
