import type { Target } from "../config/config.ts";
import { checkHealth } from "../steps/service/check-health.ts";
import { checkNeeded } from "../steps/job/check-needed.ts";
import { checkTimer } from "../steps/job/check-timer.ts";
import { checkUnits } from "../steps/job/check-units.ts";
import { enableTimer } from "../steps/job/enable-timer.ts";
import { installUnits } from "../steps/job/install-units.ts";
import { bringBackTimer } from "../steps/job/bring-back-timer.ts";
import { reloadUnits } from "../steps/job/reload-units.ts";
import type { Step } from "../steps/step.ts";
import { sequence, wayBack } from "./sequence.ts";

/** How a job is deployed, whatever its fraise calls itself. */
export function jobSteps(target: Target): readonly Step[] {
  return sequence(target, {
    check: [checkNeeded],
    prepare: [checkUnits],
    activate: activate(target),
    onRollback: [bringBackTimer],
  });
}

/** Back to a release of the job that is still on disk, with the units it had. */
export function jobStepsBack(target: Target): readonly Step[] {
  return wayBack(target, { activate: activate(target), onRollback: [bringBackTimer] });
}

function activate({ settings }: Target): readonly Step[] {
  const health = settings.health_check === undefined ? [] : [checkHealth];
  return [installUnits, reloadUnits, enableTimer, checkTimer, ...health];
}
