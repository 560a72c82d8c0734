import { createHash } from "node:crypto";
import type { IncomingDelivery, Proposal } from "../domain/decision.ts";
import type { DeliveryRejected } from "../domain/errors.ts";
import type { Reading } from "../domain/event.ts";
import { newId } from "../domain/id.ts";
import type { Forge } from "../forges/forge.ts";
import type { Claims } from "./claims.ts";
import type { RefusedRequest, WebhookRequest } from "./receive.ts";

/** An authentic delivery with what routing proposes for it. */
export function acceptedDelivery(
  request: WebhookRequest,
  at: Date,
  forge: Forge,
  reading: Reading,
  proposals: readonly Proposal[],
): IncomingDelivery {
  const deliveryId = forge.deliveryId(request.headers);
  const isKnownByBody = deliveryId === undefined || !forge.redeliveryKeepsId;
  return {
    id: newId(at.getTime()),
    receivedAt: at.toISOString(),
    forge: forge.name,
    deliveryId,
    eventName: reading.name,
    repository: reading.events.find(({ repository }) => repository !== "")?.repository ?? "",
    remoteAddress: request.remoteAddress,
    headers: JSON.stringify(withoutCredentials(request.headers)),
    body: request.body,
    bodyBytes: request.body.byteLength,
    bodySha256: isKnownByBody ? createHash("sha256").update(request.body).digest("hex") : undefined,
    verified: true,
    httpStatus: 200,
    proposals,
  };
}

/** One that was not believed or not understood: its body is not kept. */
export function refusedDelivery(
  request: RefusedRequest,
  rejection: DeliveryRejected,
  forge: string,
  claims: Claims,
): IncomingDelivery {
  return {
    id: newId(),
    receivedAt: new Date().toISOString(),
    forge: forge.slice(0, 40),
    deliveryId: claims.deliveryId,
    eventName: claims.eventName,
    repository: "",
    claimedRepository: claims.repository,
    remoteAddress: request.remoteAddress,
    headers: JSON.stringify(withoutCredentials(request.headers)),
    body: undefined,
    bodyBytes: request.bodyBytes,
    bodySha256: undefined,
    verified: false,
    httpStatus: rejection.httpStatus,
    proposals: [
      {
        kind: "settled",
        target: undefined,
        decision: "refused",
        reason: rejection.message,
        ref: undefined,
        revision: "",
      },
    ],
  };
}

/** Headers that carry a secret themselves are named, not kept. */
function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = { ...headers };
  for (const name of ["authorization", "proxy-authorization", "cookie", "x-gitlab-token"]) {
    if (kept[name] !== undefined) kept[name] = "***";
  }
  return kept;
}
