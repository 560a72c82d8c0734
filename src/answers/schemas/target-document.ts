import { z } from "zod";
import type { Described } from "./described.ts";
import { target, time, version } from "./common-fields.ts";
import { targetStatus } from "./target-fields.ts";

/** `fraisier target show --json`. */
export const targetDocumentSchema = z
  .strictObject({
    version,
    target: z.string().describe("The name of the target: shop/production."),
    file: z.string().describe("The fraises.yaml that is in force."),
    ...target,
    type: z.string(),
    description: z.string(),
    forge: z.string().describe("The name below `git:` whose deliveries count."),
    repository: z.string(),
    branches: z.array(z.string()),
    tags: z.array(z.string()),
    paths: z.array(z.string()),
    clone_url: z.string().describe("`***`, as it may hold a password."),
    settings: z
      .record(z.string(), z.unknown())
      .describe("As fraisier understands them: defaults filled in, durations in milliseconds, secrets as `***`."),
    origins: z
      .array(
        z.strictObject({
          key: z.string().describe("health_check.url"),
          value: z.string(),
          from: z.enum(["job", "environment", "fraise", "deployment", "default"]).describe("The level that says it."),
          file: z.string().nullable().describe("Null for a default."),
          line: z.number().int().nullable(),
        }),
      )
      .describe("Every setting that has a value, with the place that says it."),
    variables: z
      .array(
        z.strictObject({
          name: z.string(),
          job: z.string().describe("Empty for a variable of the whole environment."),
          updated_at: time,
          updated_by: z.string(),
        }),
      )
      .describe("Without their values."),
    missing_variables: z.array(z.string()).describe("Required variables that are not set."),
    units: z.array(z.string()).describe("The units of systemd that belong to it."),
    folders: z
      .record(z.string(), z.string())
      .describe("`app`, `releases`, `current`, `shared`, `mirror`, and `copies` of its units."),
    migrations: z
      .array(z.strictObject({ migration: z.string(), status: z.string(), applied_at: time.nullable() }))
      .nullable()
      .describe("The last thing that fraisier did with each migration; null without a database."),
    status: targetStatus,
  })
  .meta({ id: "Target", description: "Everything that is in force for a target: `fraisier target show --json`." });

export type TargetDocument = Described<typeof targetDocumentSchema>;
