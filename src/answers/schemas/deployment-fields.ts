import { z } from "zod";
import type { DeploymentStatus, Trigger } from "../../domain/deployment.ts";
import { NEXT_STATUSES } from "../../domain/deployment.ts";
import type { Phase } from "../../domain/phase.ts";
import { PHASES } from "../../domain/phase.ts";
import { revision, target, time } from "./common-fields.ts";

export const status = z
  .enum(Object.keys(NEXT_STATUSES) as [DeploymentStatus, ...DeploymentStatus[]])
  .describe("The place of a deployment in its life.");

export const phase = z
  .enum(PHASES.map(({ name }) => name) as [Phase, ...Phase[]])
  .describe("The part of its work that a deployment is in.");

export const progress = z.number().int().min(0).max(100).describe("Per cent; it never falls.");

const TRIGGERS = ["delivery", "person", "schedule", "rollback", "sweep"] as const satisfies readonly Trigger[];

/** The beginning of a deployment in every document. */
export const origin = {
  id: z.string().describe("13 letters and digits that sort by time."),
  ...target,
  trigger: z.enum(TRIGGERS).describe("Why it exists."),
  triggered_by: z.string().describe("The person or program that asked for it."),
  revision: revision.describe("The revision that it is to make live."),
};

export const ref = {
  ref_kind: z.enum(["branch", "tag"]).nullable().describe("Null for a revision that a person named."),
  ref_name: z.string().nullable().describe("The branch or tag, without refs/heads/ or refs/tags/."),
};

export const outcome = {
  message: z.string().describe("The message of the commit."),
  status,
  phase,
  progress,
  reason: z.string().describe("Why it ended so, in a sentence; empty while it runs and when all went well."),
  hint: z.string().describe("Advice for the reader of the reason; empty if there is nothing to do."),
  superseded_by: z.string().nullable().describe("The deployment that took its place in the queue."),
  attempt: z.number().int().describe("How often a runner has taken it up."),
  previous_revision: revision.nullable().describe("The revision that ran before; a rollback goes there."),
};

export const waitsBecause = z.string().nullable().describe("Why it waits although its target is free.");

export const override = {
  override_by: z.string().nullable().describe("The person who let it pass locks and freeze windows."),
  override_reason: z.string().nullable().describe("The reason that this person gave."),
  returns_to: z.string().nullable().describe("The deployment whose release a rollback goes back to."),
};

export const retry = {
  retry: z.number().int().describe("How often it was queued again by itself."),
  retry_limit: z.number().int().describe("How often that may happen."),
  retry_of: z.string().nullable().describe("The deployment that was asked for, of which this one is a retry."),
  not_before: time.nullable().describe("A retry does not start before this time."),
};
