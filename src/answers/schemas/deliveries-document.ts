import { z } from "zod";
import { delivery, deliveryDecision } from "./delivery-fields.ts";
import type { Described } from "./described.ts";
import { version } from "./common-fields.ts";

export const deliverySummary = z
  .strictObject({ ...delivery, decisions: z.array(deliveryDecision) })
  .meta({ id: "DeliverySummary", description: "A delivery as lists show it." });

export const deliveriesDocumentSchema = z
  .strictObject({
    version,
    deliveries: z.array(deliverySummary).describe("Newest first."),
    next: z.string().nullable().describe("The value of `before` for the next page; null on the last page."),
  })
  .meta({ id: "Deliveries", description: "Deliveries, newest first: `fraisier webhooks --json`." });

export type DeliverySummaryDocument = Described<typeof deliverySummary>;
export type DeliveriesDocument = Described<typeof deliveriesDocumentSchema>;
