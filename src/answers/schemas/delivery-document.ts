import { z } from "zod";
import { delivery, deliveryDecision } from "./delivery-fields.ts";
import type { Described } from "./described.ts";
import { version } from "./common-fields.ts";

export const deliveryDocumentSchema = z
  .strictObject({
    version,
    delivery: z
      .strictObject({
        ...delivery,
        headers: z.record(z.string(), z.string()).describe("By name; values that prove who sent it are `***`."),
        body: z
          .string()
          .nullable()
          .describe("As text; null for a delivery that was refused, and once `keep_payloads_days` are over."),
      })
      .meta({ id: "Delivery", description: "Everything on record of one delivery." }),
    decisions: z.array(deliveryDecision),
  })
  .meta({ id: "DeliveryDetail", description: "A delivery with headers, body and decisions." });

export type DeliveryDocument = Described<typeof deliveryDocumentSchema>;
