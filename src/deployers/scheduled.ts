import type { Deployer } from "./deployer.ts";
import { jobSteps, jobStepsBack } from "./job-steps.ts";

/** Jobs that systemd runs at their times: code, a service unit and a timer for each. */
export const scheduled: Deployer = {
  type: "scheduled",
  summary: "Jobs at fixed times: each a service and a timer of systemd, and a target of its own.",
  hasJobs: true,
  steps: jobSteps,
  back: jobStepsBack,
};
