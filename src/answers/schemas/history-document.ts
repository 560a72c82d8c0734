import { z } from "zod";
import type { Described } from "./described.ts";
import { waitsBecause, origin, outcome, override, ref, retry } from "./deployment-fields.ts";
import { time, version } from "./common-fields.ts";

export const deploymentSummary = z
  .strictObject({
    ...origin,
    ...ref,
    ...outcome,
    queued_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    held_because: waitsBecause,
    ...override,
    ...retry,
  })
  .meta({ id: "DeploymentSummary", description: "A deployment as lists show it." });

export const historyDocumentSchema = z
  .strictObject({
    version,
    deployments: z.array(deploymentSummary).describe("Newest first."),
    next: z.string().nullable().describe("The value of `before` for the next page; null on the last page."),
  })
  .meta({ id: "History", description: "Deployments, newest first: `fraisier history --json`." });

export type HistoryDocument = Described<typeof historyDocumentSchema>;
