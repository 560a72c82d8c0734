import { z } from "zod";
import type { Described } from "./described.ts";
import { revision, version } from "./common-fields.ts";
import { phase } from "./deployment-fields.ts";

const names = z.array(z.string());

const migrations = z.discriminatedUnion("known", [
  z.strictObject({ known: z.literal(false), reason: z.string() }),
  z.strictObject({
    known: z.literal(true),
    pending: names,
    out_of_order: names,
    changed: names.describe("Applied migrations whose files are others now: the deployment would fail."),
  }),
]);

/** `fraisier plan --json`, and `--dry-run --json` of the commands that deploy. */
export const planDocumentSchema = z
  .strictObject({
    version,
    target: z.string().describe("The name of the target: shop/production."),
    revision: revision.describe("The revision that would be made live."),
    ref: z.string().nullable().describe("refs/heads/main; null for a revision that was named by its hash."),
    runs_now: revision.nullable().describe("The revision that runs; null before the first success."),
    steps: z
      .array(
        z.strictObject({
          step: z.string(),
          phase,
          does: z.string().describe("The work of the step in a sentence."),
          undone_on_failure: z.boolean(),
          finds: names.describe("The things that it would find and do with this very revision, a line each."),
        }),
      )
      .describe("In their order."),
    would_wait: z
      .string()
      .nullable()
      .optional()
      .describe("Why it would wait if it were queued now, such as a lock or a freeze window; null if it would start."),
    on_hold: z.string().nullable().optional().describe("Why the target is on hold; null if it is not."),
    refused: z
      .string()
      .nullable()
      .optional()
      .describe("The condition of a promotion that is not met; null if all are. Absent for a rollback."),
    migrations: migrations
      .optional()
      .describe("The migrations that would be applied; absent without a database, and for a rollback."),
    missing_variables: z
      .array(z.strictObject({ name: z.string(), set_with: z.string().describe("The command that sets it.") }))
      .optional()
      .describe("Required variables that are not set; absent for a rollback."),
    notes: names.optional().describe("Things that a rollback leaves as they are, in sentences."),
  })
  .meta({ id: "Plan", description: "The things that a deployment would do: `fraisier plan --json`." });

export type PlanDocument = Described<typeof planDocumentSchema>;
