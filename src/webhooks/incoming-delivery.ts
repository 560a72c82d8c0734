import { createHash } from "node:crypto";
import type { IncomingDelivery, Proposal } from "../domain/decision.ts";
import type { DeliveryRejected } from "../domain/errors.ts";
import type { Reading } from "../domain/event.ts";
import { newId } from "../domain/id.ts";
import type { Forge } from "../forges/forge.ts";
import type { Claims } from "./claims.ts";
import type { Instance } from "./instance.ts";
import type { RefusedRequest, WebhookRequest } from "./receive.ts";

/** An authentic request, with its meaning and what routing proposes for it. */
interface Accepted {
  readonly request: WebhookRequest;
  /** The time at which it came. */
  readonly at: Date;
  readonly instance: Pick<Instance, "name" | "forge">;
  readonly reading: Reading;
  readonly proposals: readonly Proposal[];
}

/** An authentic delivery, as it is recorded. */
export function acceptedDelivery({ request, at, instance, reading, proposals }: Accepted): IncomingDelivery {
  const { name, forge } = instance;
  const deliveryId = forge.deliveryId(request.headers);
  const isKnownByBody = deliveryId === undefined || !forge.redeliveryKeepsId;
  return {
    id: newId(at.getTime()),
    receivedAt: at.toISOString(),
    forge: name,
    deliveryId,
    eventName: reading.name,
    repository: reading.events.find(({ repository }) => repository !== "")?.repository ?? "",
    remoteAddress: request.remoteAddress,
    headers: JSON.stringify(withoutCredentials(request.headers, forge)),
    body: request.body,
    bodyBytes: request.body.byteLength,
    bodySha256: isKnownByBody ? createHash("sha256").update(request.body).digest("hex") : undefined,
    verified: true,
    httpStatus: 200,
    proposals,
  };
}

/** Headers that say what kind of program sent a refused request. */
const TELLING_HEADERS = ["user-agent", "content-type"];

/**
 * A delivery that was not believed or not understood. Strangers can cause as many of these as they like, so each text is cut to a length with which the whole
 * row takes less than 1 KB, and the body is not kept.
 */
export function refusedDelivery(
  request: RefusedRequest,
  rejection: DeliveryRejected,
  forge: string,
  claims: Claims,
): IncomingDelivery {
  const headers = TELLING_HEADERS.flatMap((name) => {
    const value = request.headers[name];
    return value === undefined ? [] : [[name, firstBytes(value, 48)]];
  });
  return {
    id: newId(),
    receivedAt: new Date().toISOString(),
    forge: firstBytes(forge, 40),
    deliveryId: claims.deliveryId === undefined ? undefined : firstBytes(claims.deliveryId, 64),
    eventName: firstBytes(claims.eventName, 60),
    repository: "",
    claimedRepository: firstBytes(claims.repository, 100),
    remoteAddress: request.remoteAddress,
    headers: JSON.stringify(Object.fromEntries(headers)),
    body: undefined,
    bodyBytes: request.bodyBytes,
    bodySha256: undefined,
    verified: false,
    httpStatus: rejection.httpStatus,
    refusal: firstBytes(rejection.message, 140),
    proposals: [],
  };
}

/** The beginning of a text, so many bytes of UTF-8 at most. */
function firstBytes(text: string, bytes: number): string {
  // A letter that is cut through at the end is left out.
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

/** Headers of HTTP itself that carry a secret. */
const CREDENTIAL_HEADERS = ["authorization", "proxy-authorization", "cookie"];

/** Headers that carry a secret themselves are named, not kept. */
function withoutCredentials(
  headers: Readonly<Record<string, string>>,
  { credentialHeaders }: Forge,
): Record<string, string> {
  const kept: Record<string, string> = { ...headers };
  for (const name of [...CREDENTIAL_HEADERS, ...credentialHeaders])
    if (kept[name.toLowerCase()] !== undefined) kept[name.toLowerCase()] = "***";
  return kept;
}
