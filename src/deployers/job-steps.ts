import type { Target } from "../config/config.ts";
import { checkHealth } from "../steps/check-health.ts";
import { checkNeeded } from "../steps/check-needed.ts";
import { checkTimer } from "../steps/check-timer.ts";
import { checkUnits } from "../steps/check-units.ts";
import { enableTimer } from "../steps/enable-timer.ts";
import { installUnits } from "../steps/install-units.ts";
import { keepTimer } from "../steps/keep-timer.ts";
import { reloadUnits } from "../steps/reload-units.ts";
import type { Step } from "../steps/step.ts";
import { sequence } from "./sequence.ts";

/** How a job is deployed, whatever its fraise calls itself. */
export function jobSteps(target: Target): readonly Step[] {
  const health = target.settings.health_check === undefined ? [] : [checkHealth];
  return sequence(target, {
    check: [checkNeeded],
    prepare: [checkUnits],
    keep: [keepTimer],
    activate: [installUnits, reloadUnits, enableTimer, checkTimer, ...health],
  });
}
