import type { IncomingDelivery, RecordedDecision, RecordedDelivery } from "../domain/decision.ts";
import { DOCTOR_HEADER } from "../domain/event.ts";
import type { WebhookRequest } from "./receive.ts";

/**
 * The answer to a ping of `fraisier doctor`, which leaves no row: nobody pushed anything, and a doctor that runs every hour would fill the list of deliveries.
 * Undefined for every other delivery, and for whatever has the header and asks for something.
 */
export function answerToDoctor(request: WebhookRequest, delivery: IncomingDelivery): RecordedDelivery | undefined {
  if (!delivery.verified || request.headers[DOCTOR_HEADER] === undefined) return undefined;
  const decisions = delivery.proposals.flatMap((proposal): RecordedDecision[] =>
    proposal.kind === "settled" && proposal.decision === "ignored"
      ? [{ target: proposal.target, decision: "ignored", reason: proposal.reason }]
      : [],
  );
  return decisions.length === delivery.proposals.length
    ? { id: delivery.id, redeliveryOf: undefined, decisions }
    : undefined;
}
