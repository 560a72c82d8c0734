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
        phases: z.array(z.strictObject({ phase, average_ms: milliseconds, longest_ms: milliseconds })),
      })
      .describe("How long the deployments took that succeeded."),
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
