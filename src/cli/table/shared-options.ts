import type { CommandOption } from "../command-entry.ts";

/** Options that several commands have. */
export const JOB: CommandOption = ["--job <job>", "the job, if the name of the target does not say it"];
export const REASON: CommandOption = ["--reason <text>", "why, for the record"];
export const OVERRIDE: CommandOption = [
  "--override <why>",
  "start although the target is locked or frozen; recorded with who and why",
];
export const DRY_RUN: CommandOption = ["--dry-run", "say what would be done, and do nothing"];
export const DRY_EDIT: CommandOption = ["--dry-run", "show what would change, and write nothing"];
export const LIMIT: CommandOption = ["-n, --limit <number>", "how many", { fallback: "20" }];

/** The options of every command that can wait for a deployment. */
export const WAIT: readonly CommandOption[] = [
  ["--wait", "follow it to its end, and exit with its outcome (the default on a terminal)"],
  ["--no-wait", "return once it is queued, if a daemon runs"],
  ["--log", "with its whole output in place of its phases"],
];

/** The options of every command that deploys. */
export const SUBMIT: readonly CommandOption[] = [REASON, OVERRIDE, ...WAIT, DRY_RUN];

/** The environment beside the name of a fraise, and how commands spelled it before. */
export const ENVIRONMENT: readonly CommandOption[] = [
  ["-e, --environment <environment>", "the environment, if the name of the target does not say it"],
  ["-t, --target <environment>", "the older name of --environment", { isOld: true }],
];

/** The options that say which revision is deployed, and with which steps. */
export const WHAT: readonly CommandOption[] = [
  JOB,
  ["--revision <sha>", "a commit hash, or its first digits; else what --ref or the target's first branch points to"],
  ["--ref <name>", "a branch or tag of the repository"],
  ["--group <name>", "only this component group; several times for several", { isRepeatable: true }],
  ["--skip-group <name>", "not this component group; several times for several", { isRepeatable: true }],
  ["--continue-on-failure", "a group that fails does not stop the next ones; what worked stays"],
  ["--no-health-check", "do not wait until the service is healthy"],
  ["--skip-validation", "check neither variables, needs nor the syntax of scripts"],
];
