import { z } from "zod";
import { targetParameters } from "../query.ts";

/** The parameters of `GET /events`. */
export const eventsQuery = z.strictObject({
  ...targetParameters,
  deployment: z
    .string()
    .min(1)
    .optional()
    .describe("Only this deployment: its own events, and `log` with the lines that it writes."),
  after: z
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .describe("The id of the last event that the client has. The header `Last-Event-ID` takes precedence."),
  log_after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      "With `deployment`: begin behind this line of its log, 0 for all of it. A stream has only new lines otherwise.",
    ),
});
