import { jobOf } from "./job-units.ts";
import type { Step } from "../step.ts";

/** The timer comes up with the machine, and now. */
export const enableTimer: Step<"facts" | "units"> = {
  name: "enable-timer",
  phase: "restarting",
  describe: ({ target }) => `Enable and start ${target.settings.job?.timer}`,
  async run(context) {
    const { facts, remember, signal, log } = context;
    const { job, units } = jobOf(context);
    const before = await units.timerState(job.timer);
    if (!("wasEnabled" in facts)) {
      await remember({ timer: job.timer, wasEnabled: before.enabled, wasActive: before.active });
    }
    // Leave to enable is leave to do anything: where the operator enabled it, it is not asked for.
    if (!before.enabled) await units.enable(job.timer, signal);
    // A failure of the old code is not held against the new one.
    await units.forgetFailure(job.service);
    // Started anew, it counts from the times its file says now. A run that is under way goes on.
    await units.restart(job.timer, signal);
    log(`${job.timer} is enabled and started`);
  },
  async undo(context) {
    const { facts, log } = context;
    const { timer } = facts;
    if (typeof timer !== "string") return;
    const { units } = jobOf(context);
    // Here the new unit file is still in its place, which `disable` reads.
    const now = await units.timerState(timer);
    if (!now.loaded) return;
    if (facts["wasEnabled"] !== true) {
      await units.disable(timer);
      log(`${timer} disabled: it was not enabled before`);
    } else if (facts["wasActive"] !== true) {
      await units.stop(timer);
      log(`${timer} stopped: it was not active before`);
    }
  },
};
