import { z } from "zod";
import type { Described } from "./described.ts";
import { time, version } from "./common-fields.ts";

const logLine = z
  .strictObject({
    sequence: z.number().int().describe("Rises by the order of the lines; gaps are allowed."),
    at: time,
    step: z.string().describe("The step that wrote it."),
    stream: z.enum(["stdout", "stderr", "fraisier"]),
    line: z.string().describe("Without a line break, and without the values of secrets."),
  })
  .meta({ id: "LogLine", description: "A line of a deployment's log." });

export const logDocumentSchema = z
  .strictObject({
    version,
    deployment_id: z.string(),
    lines: z.array(logLine).describe("Oldest first."),
    next: z
      .number()
      .int()
      .nullable()
      .describe(
        "The value of `after` for what follows these lines; null if the deployment has ended and has no more lines.",
      ),
  })
  .meta({ id: "Log", description: "A part of a deployment's log." });

export type LogDocument = Described<typeof logDocumentSchema>;
