import { z } from "zod";
import { time } from "./common-fields.ts";
import { deliverySummary } from "./deliveries-document.ts";
import { phase, progress, status } from "./deployment-fields.ts";
import { deploymentSummary } from "./history-document.ts";
import { logDocumentSchema } from "./log-document.ts";
import { targetStatus } from "./target-fields.ts";

const deploymentEvent = deploymentSummary
  .extend({
    change: z
      .strictObject({ at: time, status, phase, progress })
      .describe(
        "This change. The other keys say how the deployment stands when the event is sent, which may be further on.",
      ),
  })
  .meta({
    id: "DeploymentEvent",
    description: "A deployment as lists show it, after its status, phase or progress changed.",
  });

const resetEvent = z.strictObject({ reason: z.string() }).meta({
  id: "ResetEvent",
  description: "Changes that the client has not heard of are not on record any more: it reads everything anew.",
});

/** The events of `GET /api/v1/events`: the name of each, when it is sent, and its data. */
export const eventDocuments = {
  deployment: {
    when: "A deployment was queued, or its status, phase or progress changed, or the reason why it waits.",
    schema: deploymentEvent,
  },
  target: {
    when: "A lock, a hold, a freeze window, drift, the settings, or the revision that runs on a target changed.",
    schema: targetStatus,
  },
  delivery: { when: "A delivery was decided.", schema: deliverySummary },
  log: {
    when: "The deployment that `deployment` names wrote lines. They come before the event of a later change.",
    schema: logDocumentSchema,
  },
  reset: { when: "The events behind `Last-Event-ID` are not on record any more. New ones follow.", schema: resetEvent },
} as const;

export type EventName = keyof typeof eventDocuments;
