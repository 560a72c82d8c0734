import { z } from "zod";
import type { Described } from "./described.ts";
import { revision, time } from "./common-fields.ts";

const targetKey = z.strictObject({ fraise: z.string(), environment: z.string(), job: z.string() });
const decision = {
  decision: z.string().describe("queued, or redelivery if it waits or runs already."),
  reason: z.string(),
};

/** The answer to `deploy`, `promote` and `rollback`. */
export const queuedSchema = z
  .strictObject({
    target: z.string().describe("The name of the target: shop/production."),
    revision,
    deployment: z
      .string()
      .describe("The deployment that was queued, or the one of the same revision that waits or runs already."),
    ...decision,
    address: z.string().nullable().optional().describe("The URL by which the health of the target is checked."),
    returns_to: z.string().nullable().optional().describe("The deployment whose release a rollback goes back to."),
    notes: z.array(z.string()).optional().describe("Things that a rollback leaves as they are, in sentences."),
  })
  .meta({ id: "Queued", description: "The answer to `deploy`, `promote` and `rollback`." });

export const cancelledSchema = z
  .strictObject({
    deployment: z.string(),
    result: z.enum(["cancelled", "requested", "rolling back"]),
  })
  .meta({ id: "Cancelled", description: "The answer to `cancel`." });

const lockOfPerson = { reason: z.string(), locked_by: z.string(), locked_at: time };

export const lockedSchema = z
  .strictObject({
    locked: z.strictObject({ ...targetKey.shape, ...lockOfPerson }),
    replaced: z.object(lockOfPerson).nullable(),
  })
  .meta({ id: "Locked", description: "The answer to `lock`." });

export const unlockedSchema = z
  .strictObject({
    unlocked: targetKey,
    still_locked: z.array(z.string()).describe("Names of locks that keep the same targets waiting."),
  })
  .meta({ id: "Unlocked", description: "The answer to `unlock`." });

export const resumedSchema = z
  .strictObject({
    target: z.string(),
    hold: z.string().optional().describe("Why it was on hold; absent if it was not."),
    revisions: z.array(z.string()).describe("Revisions that may be deployed again."),
  })
  .meta({ id: "Resumed", description: "The answer to `resume`." });

/** The answer to `replay`. */
export const replayedSchema = z
  .object({
    decisions: z
      .array(
        z.object({
          target: targetKey.optional(),
          decision: z.string(),
          reason: z.string(),
          deployment: z.string().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: "Replayed", description: "The answer to `replay`." });

export type Queued = Described<typeof queuedSchema>;
export type Cancelled = Described<typeof cancelledSchema>;
export type Locked = Described<typeof lockedSchema>;
export type Unlocked = Described<typeof unlockedSchema>;
export type Resumed = Described<typeof resumedSchema>;
export type Replayed = Described<typeof replayedSchema>;
