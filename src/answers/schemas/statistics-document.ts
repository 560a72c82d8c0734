import { z } from "zod";
import { phase } from "./deployment-fields.ts";
import type { Described } from "./described.ts";
import { milliseconds, target, time, version } from "./common-fields.ts";

const count = z.number().int().nonnegative();

const targetStatistics = z
  .strictObject({
    target: z.string().describe("The name of the target: shop/production."),
    ...target,
    deployments: count.describe("All that ended, whatever their status."),
    succeeded: count,
    failed: count,
    rolled_back: count,
    rollback_failed: count,
    superseded: count,
    skipped: count,
    cancelled: count,
    last_finished_at: time,
    success_rate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe("Successes among the deployments that succeeded or failed; null if there are none of both."),
    durations: z
      .strictObject({
        deployments: count.describe("How many deployments the averages are made of: the newest that succeeded."),
        average_ms: milliseconds.nullable(),
        median_ms: milliseconds.nullable(),
        p95_ms: milliseconds.nullable().describe("95 of 100 took no longer than this, in milliseconds."),
        phases: z.array(
          z.strictObject({
            phase,
            average_ms: milliseconds,
            median_ms: milliseconds,
            p95_ms: milliseconds,
            longest_ms: milliseconds,
          }),
        ),
      })
      .describe("How long the deployments took that succeeded."),
    by_day: z
      .array(z.strictObject({ day: z.string(), succeeded: count, failed: count }))
      .describe("The days (UTC) on which deployments succeeded or failed, oldest first."),
    failures: z
      .array(
        z.strictObject({
          step: z.string().nullable().describe("The step that failed; null if none had begun."),
          phase: phase.nullable(),
          count,
          newest: z.string().describe("The newest deployment that failed so."),
          reason: z.string().describe("Why that deployment failed."),
        }),
      )
      .describe("The most common failures, at most five."),
    dora: z
      .strictObject({
        deployments_per_day: z.number().nonnegative(),
        lead_time_ms: milliseconds.nullable(),
        change_failure_rate: z.number().min(0).max(1).nullable(),
        time_to_restore_ms: milliseconds.nullable(),
      })
      .describe(
        "The four figures of DORA, as docs/operating.md defines them; null if there is nothing to compute one from.",
      ),
  })
  .meta({ id: "TargetStatistics", description: "How the deployments of one target fared." });

export const statisticsDocumentSchema = z
  .strictObject({
    version,
    days: z.number().int().describe("How many days back, today included."),
    since: z.string().describe("The first of these days, in UTC."),
    targets: z.array(targetStatistics),
  })
  .meta({ id: "Statistics", description: "How deployments fared: `fraisier stats --json`." });

export type StatisticsDocument = Described<typeof statisticsDocumentSchema>;
export type TargetStatistics = StatisticsDocument["targets"][number];
