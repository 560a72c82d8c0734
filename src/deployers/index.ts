import type { Target } from "../config/config.ts";
import type { DeploymentOptions } from "../domain/deployment-options.ts";
import { UsageError } from "../domain/errors.ts";
import type { Step } from "../steps/step.ts";
import { api } from "./api.ts";
import { backup } from "./backup.ts";
import { configuration } from "./configuration.ts";
import type { Deployer } from "./deployer.ts";
import { etl } from "./etl.ts";
import { groups } from "./groups.ts";
import { plannedSteps } from "./planned-steps.ts";
import { scheduled } from "./scheduled.ts";
import { script } from "./script.ts";

export const deployers: readonly Deployer[] = [api, etl, groups, scheduled, backup, script, configuration];

/** The steps of one deployment of this target. */
export function stepsOf(target: Target, options: DeploymentOptions): readonly Step[] {
  return plannedSteps(deployerOf(target), target, options);
}

/** The steps that switch back to a release that is kept on disk; undefined if going back means to deploy the old revision. */
export function stepsBackOf(target: Target): readonly Step[] | undefined {
  const { layout, code_from } = target.settings;
  // A target with borrowed code goes back together with its lender.
  return layout === "releases" && code_from === undefined ? deployerOf(target).back?.(target) : undefined;
}

export function deployerOf(target: Target): Deployer {
  const deployer = deployers.find(({ type }) => type === target.type);
  if (deployer === undefined) throw new UsageError(`no deployer is called ${target.type}`);
  return deployer;
}
