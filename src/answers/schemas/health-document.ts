import { z } from "zod";
import type { Described } from "./described.ts";
import { version } from "./common-fields.ts";

export const healthDocumentSchema = z
  .strictObject({
    version,
    status: z.enum(["ok", "only_reads", "store_unavailable"]),
    error: z.string().nullable().describe("The fault in a sentence; null if there is none."),
    hint: z.string().nullable(),
    queued: z.number().int().nullable().describe("Deployments that wait; null if the store does not answer."),
    running: z.number().int().nullable(),
  })
  .meta({ id: "Health", description: "Whether pushes are recorded and deployments can start." });

export type HealthDocument = Described<typeof healthDocumentSchema>;
