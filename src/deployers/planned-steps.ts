import type { Target } from "../config/config.ts";
import type { DeploymentOptions } from "../domain/deployment-options.ts";
import { checkHealth } from "../steps/service/check-health.ts";
import type { Step } from "../steps/step.ts";
import type { Deployer } from "./deployer.ts";

/** The steps of one deployment: those of its type, without what its options leave out of any type. */
export function plannedSteps(deployer: Deployer, target: Target, options: DeploymentOptions): readonly Step[] {
  const steps = deployer.steps(target, options);
  return options.no_health_check === true ? steps.filter(({ name }) => name !== checkHealth.name) : steps;
}
