import { z } from "zod";
import { phase, progress, status } from "./deployment-fields.ts";
import { revision, target, time } from "./common-fields.ts";

/** The state of a target on record. */
const state = {
  ...target,
  revision: revision.nullable().describe("The revision that runs; null before the first success."),
  deployment_id: z.string().nullable().describe("The deployment that made it live."),
  previous_revision: revision.nullable(),
  hold_reason: z.string().nullable().describe("Why the target is on hold; null if it is not."),
  hold_since: time.nullable(),
  updated_at: time,
  drift: z.string().describe("How the host differs from the record, in sentences; empty if it agrees."),
  drift_checked_at: time.nullable(),
  last_run_result: z.string().nullable().describe("How the service of a job ended the last time, in systemd's word."),
  last_run_exit_code: z.number().int().nullable(),
  last_run_at: time.nullable(),
  active_ref_kind: z.enum(["branch", "tag"]).nullable(),
  active_ref_name: z.string().nullable(),
  active_since: time.nullable(),
  active_release: z.string().nullable().describe("The folder of the release that runs."),
  running_id: z.string().nullable().describe("The deployment that runs now."),
  running_revision: revision.nullable(),
  running_status: status.nullable(),
  running_phase: phase.nullable(),
  running_progress: progress.nullable(),
  running_since: time.nullable(),
  running_phase_changed_at: time.nullable(),
  running_stuck_since: time.nullable().describe("Since when the daemon has called it stuck."),
  running_held_because: z.string().nullable(),
  waiting_id: z.string().nullable().describe("The deployment that waits."),
  waiting_revision: revision.nullable(),
  waiting_since: time.nullable(),
  waiting_held_because: z.string().nullable(),
  waiting_retry: z.number().int().nullable(),
  waiting_retry_limit: z.number().int().nullable(),
  waiting_not_before: time.nullable(),
  last_id: z.string().nullable().describe("The newest deployment."),
  last_status: status.nullable(),
  last_revision: revision.nullable(),
  last_reason: z.string().nullable(),
  last_finished_at: time.nullable(),
  unrestored_id: z
    .string()
    .nullable()
    .describe("A deployment that could not be taken back and after which none has succeeded."),
  unrestored_revision: revision.nullable(),
  unrestored_reason: z.string().nullable(),
};

const name = z.string().describe("The name of the target: shop/production.");

const verification = z
  .strictObject({
    ...target,
    id: z.string(),
    deployment_id: z.string().nullable().describe("Null for a run by hand."),
    revision,
    status: z.enum(["passed", "warned", "failed"]).describe("As good as its worst check."),
    at: time,
    checks: z.number().int(),
    failed: z.number().int(),
    warned: z.number().int(),
  })
  .meta({ id: "Verification", description: "The last run of a target's checks." });

export const lock = z
  .strictObject({
    fraise: z.string().describe("`*` stands for every fraise."),
    environment: z.string().describe("`*` stands for every environment."),
    job: z.string().describe("`*` stands for every job."),
    reason: z.string(),
    locked_by: z.string(),
    locked_at: time,
    holder: z.string().describe("The process that holds it, as JSON; empty if a person set it."),
  })
  .meta({ id: "Lock", description: "A lock that covers the target." });

/** The keys that stand for what is deployed are absent for a target to which nothing was ever deployed, those of jobs for a target that is no job. */
export const targetStatus = z
  .strictObject({
    target: name,
    configured: z.boolean().describe("Whether fraises.yaml has the target."),
    host: z
      .string()
      .optional()
      .describe("The host on which it lives, empty if nobody knows it; absent if only one host has the store."),
    ...z.object(state).partial().shape,
    running_stuck_ms: z
      .number()
      .nullable()
      .optional()
      .describe("How long the running deployment has been in its phase, if that is longer than `stuck_after` allows."),
    code: z
      .strictObject({ name, revision: revision.nullable().describe("Null if nothing runs there.") })
      .optional()
      .describe("The target whose code this one runs, and what that one runs now."),
    unknown: z
      .string()
      .optional()
      .describe("The things that could not be found out about the host; absent if the host was not looked at."),
    next_run: time.nullable().optional().describe("When the job runs next; null if that is not known."),
    timer: z.string().nullable().optional().describe("The state of the job's timer, in systemd's words."),
    last_run: z
      .strictObject({ result: z.string(), exit_code: z.number().int(), at: time })
      .nullable()
      .optional()
      .describe("How the job ended the last time that it ran."),
    verification: verification.nullable(),
    locks: z.array(lock),
    advice: z.string().nullable().describe("The commands that help; null if there is nothing to do."),
    sandbox_gaps: z
      .array(z.strictObject({ problem: z.string(), hint: z.string() }))
      .nullable()
      .describe("Code of the repository that runs outside of the sandbox; null if the host was not looked at."),
  })
  .meta({ id: "TargetStatus", description: "The state of one target." });
