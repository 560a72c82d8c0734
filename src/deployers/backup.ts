import type { Deployer } from "./deployer.ts";
import { jobSteps, jobStepsBack } from "./job-steps.ts";

/** The word of the Python fraisier for jobs that make backups. */
export const backup: Deployer = {
  type: "backup",
  summary: "Jobs that make backups at fixed times: the same as scheduled.",
  hasJobs: true,
  steps: jobSteps,
  back: jobStepsBack,
};
