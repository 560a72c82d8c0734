import { z } from "zod";
import type { Described } from "./described.ts";
import { time, version } from "./common-fields.ts";

export const healthDocumentSchema = z
  .strictObject({
    version,
    status: z.enum(["ok", "only_reads", "store_unavailable"]),
    error: z.string().nullable().describe("The fault in a sentence; null if there is none."),
    hint: z.string().nullable(),
    since: time
      .optional()
      .describe("The time since which the daemon cannot reach the server of the store; absent if no server keeps it."),
    daemon: z
      .strictObject({ host: z.string(), pid: z.number().int() })
      .optional()
      .describe("The daemon that cannot reach the server of the store."),
    queued: z.number().int().nullable().describe("Deployments that wait; null if the store does not answer."),
    running: z.number().int().nullable(),
  })
  .meta({ id: "Health", description: "Whether pushes are recorded and deployments can start." });

export type HealthDocument = Described<typeof healthDocumentSchema>;
