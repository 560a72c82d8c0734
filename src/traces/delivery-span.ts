import { targetName } from "../domain/fraise.ts";
import type { Store } from "../store/store.ts";
import { plainSpan } from "./span.ts";
import type { Attributes, Span } from "./span.ts";
import { spanIdOf, traceIdOf } from "./trace-ids.ts";

export type Delivery = NonNullable<Awaited<ReturnType<Store["deliveries"]["summary"]>>>;

/** The delivery that the trace of this one begins with: a redelivery stands in the trace of the first. */
export function rootOf({ id, redeliveryOf }: Pick<Delivery, "id" | "redeliveryOf">): string {
  return redeliveryOf ?? id;
}

export function deliverySpanId(delivery: string): string {
  return spanIdOf("delivery", delivery);
}

/**
 * The span of a delivery, from its arrival until it was on record together with what was decided; undefined for one that has to do with no deployment. Verification is a part
 * of that time, which is not measured by itself.
 */
export function deliverySpan(delivery: Delivery, recordedAt: string): Span | undefined {
  if (!delivery.verified || delivery.decisions.every(({ deployment }) => deployment === undefined)) return undefined;
  const root = rootOf(delivery);
  const isSweep = delivery.eventName === "sweep";
  return {
    ...plainSpan({
      traceId: traceIdOf(root),
      spanId: deliverySpanId(delivery.id),
      parentSpanId: root === delivery.id ? undefined : deliverySpanId(root),
      name: isSweep ? "sweep" : `delivery ${delivery.forge}`,
      start: delivery.receivedAt,
      end: recordedAt,
    }),
    kind: isSweep ? "internal" : "server",
    attributes: { ...attributesOf(delivery), ...(isSweep ? {} : requestAttributes(delivery)) },
    events: delivery.decisions.map((decision) => ({
      at: recordedAt,
      name: "decided",
      attributes: {
        "fraisier.target": decision.fraise === "" ? undefined : targetName(decision),
        "fraisier.decision": decision.decision,
        "fraisier.reason": decision.reason,
        "deployment.id": decision.deployment,
      },
    })),
  };
}

function attributesOf(delivery: Delivery): Attributes {
  return {
    ...repositoryAttributes(delivery),
    "vcs.ref.head.revision": delivery.decisions[0]?.revision,
    "fraisier.delivery.id": delivery.id,
    "fraisier.delivery.event": delivery.eventName,
    "fraisier.delivery.decision": delivery.decision,
  };
}

function requestAttributes({ httpStatus, remoteAddress, deliveryId, bodyBytes, proof }: Delivery): Attributes {
  return {
    "http.response.status_code": httpStatus,
    "client.address": remoteAddress,
    "fraisier.delivery.forge_id": deliveryId,
    "fraisier.delivery.bytes": bodyBytes,
    "fraisier.delivery.verified_by": proof?.kind,
    "fraisier.delivery.verified_with": proof?.key === "" ? undefined : proof?.key,
  };
}

/** The origin of the code, by the semantic conventions of version control systems. */
export function repositoryAttributes({ forge, repository }: Pick<Delivery, "forge" | "repository">): Attributes {
  const slash = repository.lastIndexOf("/");
  return {
    "vcs.provider.name": forge,
    "vcs.owner.name": slash > 0 ? repository.slice(0, slash) : undefined,
    "vcs.repository.name": repository.slice(slash + 1),
  };
}
