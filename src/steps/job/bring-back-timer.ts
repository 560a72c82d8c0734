import { jobOf } from "./job-units.ts";
import type { RollbackAct } from "../on-rollback.ts";

/** Has systemd read the old unit files, which are in their places again, and brings the timer to where it was. */
export const bringBackTimer: RollbackAct<"facts" | "units"> = {
  name: "keep-timer",
  describe: ({ target }) => `Note how ${target.settings.job?.timer} is now, to be able to go back`,
  async note(context) {
    const { facts, remember, log } = context;
    if ("wasActive" in facts) return;
    const { job, units } = jobOf(context);
    const { loaded, enabled, active, description } = await units.timerState(job.timer);
    await remember({ timer: job.timer, wasLoaded: loaded, wasEnabled: enabled, wasActive: active, state: description });
    log(`${job.timer} is ${description}`);
  },
  async run(context) {
    const { facts, log, signal } = context;
    const timer = facts["timer"];
    if (typeof timer !== "string") return;
    const { job, units } = jobOf(context);
    const owned = job.command !== undefined || job.calendar.length > 0 || job.unit_files !== undefined;
    if (owned) await units.reload(signal);
    if (facts["wasLoaded"] !== true) {
      log(`${timer} is gone: there was none before`);
      return;
    }
    const now = await units.timerState(timer);
    if (facts["wasEnabled"] === true && !now.enabled) await units.enable(timer, signal);
    // A restart has it count from the old times again.
    if (facts["wasActive"] === true) await units.restart(timer, signal);
    else if (now.active) await units.stop(timer);
    log(`${timer} is ${(await units.timerState(timer)).description} again`);
  },
};
