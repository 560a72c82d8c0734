import { StepFailed } from "../../domain/errors.ts";
import { jobOf } from "./job-units.ts";
import type { Step } from "../step.ts";

/** A run that a start of the timer set off (`Persistent=`, `OnActiveSec=`) may take its time. */
const TIMEOUT_MS = 30_000;
const PAUSE_MS = 100;

/** The timer is active and waits for a next time, and the service has not failed. */
export const checkTimer: Step<"clock" | "progress" | "units"> = {
  name: "check-timer",
  phase: "health_check",
  describe: ({ target }) =>
    `Check that ${target.settings.job?.timer} waits for a next time, and that ${target.settings.job?.service} has not failed`,
  async run(context) {
    const { host, signal, progress, log } = context;
    const { job, units } = jobOf(context);
    const start = host.clock.monotonicMs();
    for (;;) {
      const timer = await units.timerState(job.timer);
      const service = await units.serviceState(job.service);
      if (service.failed) {
        throw new StepFailed(`${job.service} is ${service.description}`, {
          hint: `Its output: journalctl --unit ${job.service}`,
        });
      }
      if (!timer.active) throw new StepFailed(`${job.timer} is ${timer.description}`);
      if (timer.waiting && timer.next === undefined) {
        throw new StepFailed(`${job.timer} is active, and no time is left at which it would run ${job.service}`, {
          hint: `Are its times in the past? systemctl list-timers ${job.timer}`,
        });
      }
      if (timer.waiting) {
        progress(1, { next_run: timer.next ?? null });
        return log(`${job.timer} is ${timer.description}; next run at ${timer.next}`);
      }
      if (host.clock.monotonicMs() - start >= TIMEOUT_MS) {
        return log(`${job.service} runs at this moment: when it ends, ${job.timer} waits again`);
      }
      await host.clock.sleep(PAUSE_MS, signal);
    }
  },
};
