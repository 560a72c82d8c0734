import { z } from "zod";
import { bit, target, time } from "./common-fields.ts";

export const deliveryDecision = z
  .strictObject({
    event_id: z.string().describe("The delivery."),
    sequence: z.number().int(),
    ...target,
    ref: z.string().describe("The whole name of the ref that was pushed; empty if no ref was."),
    revision: z.string().describe("The revision that was pushed; empty if there is none."),
    decision: z.string().describe("queued, redelivery, skipped, held, asked, ignored or refused."),
    reason: z.string(),
    deployment_id: z.string().nullable().describe("The deployment that the decision led to, or that it names."),
  })
  .meta({ id: "Decision", description: "The meaning of a delivery for one target." });

/** The fields of a delivery that lists show, too. */
export const delivery = {
  id: z.string().describe("13 letters and digits that sort by time."),
  received_at: time,
  forge: z.string().describe("The name of the forge in fraises.yaml; empty for a request of no known forge."),
  delivery_id: z.string().nullable().describe("The forge's own id."),
  event_name: z.string().describe("The forge's word for the event; `sweep` for a push that a sweep found."),
  repository: z.string(),
  claimed_repository: z.string().describe("The repository that a refused delivery claims to be for."),
  remote_address: z.string(),
  body_bytes: z.number().int(),
  verified: bit.describe("1 if signature or token were right."),
  proof: z.string().describe("The proof that was verified: `signature`, `token`, or empty."),
  proof_secret: z.number().int().nullable().describe("The number of the configured secret that matched, from 1."),
  proof_key: z.string().describe("The key of fraises.yaml that names these secrets."),
  http_status: z.number().int().describe("The status of the answer."),
  decision: z.string().describe("The most important one of its decisions."),
  reason: z.string(),
  redelivery_of: z.string().nullable().describe("The delivery whose push this one repeats."),
};
