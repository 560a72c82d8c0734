import { z } from "zod";
import type { Described } from "./described.ts";
import { waitsBecause, origin, outcome, override, phase, progress, ref, retry } from "./deployment-fields.ts";
import { bit, milliseconds, revision, target, time, version } from "./common-fields.ts";

const { revision: wanted, ...begin } = origin;
const { previous_revision: previous, ...middle } = outcome;

const deploymentRecord = z
  .strictObject({
    ...begin,
    revision: wanted,
    previous_pushed: revision.nullable().describe("The revision that the ref pointed to before the push."),
    ...ref,
    forced: bit.describe("1 if the forge said that the push was forced."),
    ...middle,
    previous_revision: previous,
    previous_deployment_id: z.string().nullable().describe("The deployment that had made the previous revision live."),
    release_path: z.string().nullable().describe("The folder of its release on the host."),
    lease_owner: z.string().nullable().describe("The runner that works on it."),
    lease_expires_at: time.nullable(),
    runner_kind: z.string().nullable().describe("How its runner was started."),
    runner_identity: z.string().nullable().describe("The process of its runner, as JSON."),
    cancel_requested_at: time.nullable(),
    cancel_requested_by: z.string().nullable(),
    queued_at: time,
    started_at: time.nullable(),
    phase_changed_at: time.nullable(),
    finished_at: time.nullable(),
    held_because: waitsBecause,
    ...override,
    stuck_since: time.nullable().describe("Since when its phase has not moved for too long."),
    options: z.string().describe("The options that a person asked for, as JSON."),
    ...retry,
    may_pass: bit.describe("1 if it is being taken back for a reason that is not the revision's."),
    is_bad: bit.describe("1 if it is being taken back for what its revision did."),
    settings: z.string().nullable().describe("The hash of the settings that it began with."),
  })
  .meta({ id: "Deployment", description: "Everything on record of one deployment." });

const phaseRecord = z
  .strictObject({
    deployment_id: z.string(),
    sequence: z.number().int().describe("From 1, in the order in which they happened."),
    phase,
    progress,
    metadata: z.record(z.string(), z.unknown()).describe("Facts: files copied, the step, an error."),
    at: time,
  })
  .meta({ id: "DeploymentPhase", description: "A phase that a deployment entered, or progress within it." });

const stepRecord = z
  .strictObject({
    deployment_id: z.string(),
    sequence: z.number().int().describe("From 1, in the order in which they were begun."),
    step: z.string().describe("The name of the step."),
    phase,
    status: z.enum(["started", "finished", "failed", "undoing", "undone", "undo_failed"]),
    facts: z.string().describe("The facts that the step noted, as JSON."),
    error: z.string().describe("Empty if it did not fail."),
    started_at: time,
    finished_at: time.nullable(),
    duration_ms: milliseconds.nullable(),
  })
  .meta({ id: "DeploymentStep", description: "A step as the journal of its deployment has it." });

const checkRecord = z
  .strictObject({
    id: z.string().describe("The run of the suite."),
    sequence: z.number().int().describe("From 1, within its run."),
    deployment_id: z.string(),
    ...target,
    revision,
    type: z.string().describe("The type of the check, as `verify:` names it."),
    name: z.string(),
    status: z.enum(["passed", "warned", "failed"]),
    seen: z.string().describe("The observation of the check, in a sentence; empty if all was as wanted."),
    duration_ms: milliseconds,
    at: time,
  })
  .meta({ id: "DeploymentCheck", description: "A check of `verify:`, as a run of a suite saw it." });

export const deploymentDocumentSchema = z
  .strictObject({
    version,
    deployment: deploymentRecord,
    phases: z.array(phaseRecord),
    steps: z.array(stepRecord),
    checks: z.array(checkRecord),
    advice: z.string().nullable().describe("The commands that help; null if there is nothing to do."),
    stuck_ms: milliseconds
      .nullable()
      .describe("How long it has been in its phase, if that is longer than `stuck_after` allows; otherwise null."),
  })
  .meta({
    id: "DeploymentDetail",
    description: "A deployment with phases, steps and checks: `fraisier show --json`.",
  });

export type DeploymentDocument = Described<typeof deploymentDocumentSchema>;
