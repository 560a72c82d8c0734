import { z } from "zod";
import type { Described } from "./described.ts";

/** The answer to `/whoami`. */
export const callerDocumentSchema = z
  .strictObject({
    caller: z.string().describe("The caller as the record names it: `token ci`."),
    scope: z.string(),
    fraises: z.array(z.string()),
    environments: z.array(z.string()),
    version: z.string().describe("The version of fraisier that answers."),
  })
  .meta({ id: "Caller", description: "The caller of a request, with its rights." });

export type CallerDocument = Described<typeof callerDocumentSchema>;
