import type { IncomingDelivery } from "../domain/decision.ts";
import { UsageError } from "../domain/errors.ts";
import type { Forge } from "../forges/forge.ts";
import type { Router } from "../routing/route.ts";
import type { DeliveryDetail } from "../store/reads/delivery-detail.ts";
import { acceptedDelivery } from "./incoming-delivery.ts";

/**
 * A stored delivery once more, read and routed as this program and this configuration would today. Recorded, it counts as a redelivery: what
 * the first led to and still stands is not done twice. @throws UsageError when it was not authentic or its body is gone; DeliveryRejected
 */
export function replayed(
  { event }: DeliveryDetail,
  { forges, router }: { readonly forges: readonly Forge[]; readonly router: Router },
  by: string,
): IncomingDelivery {
  if (event.verified !== 1) {
    throw new UsageError(`delivery ${event.id} was refused: ${event.reason}`, {
      hint: "What was not authentic is never acted on. Mend the secret, then let the forge send it again.",
    });
  }
  if (event.body === null) {
    throw new UsageError(
      event.event_name === "sweep"
        ? `${event.id} was found by a sweep: there is no body to read again`
        : `the body of delivery ${event.id} is no longer kept (store.keep_payloads_days)`,
      { hint: "Let the forge send it again, or fraisier deploy the revision by hand." },
    );
  }
  const forge = forges.find(({ name }) => name === event.forge);
  if (forge === undefined) throw new UsageError(`this fraisier knows no forge ${event.forge}`);
  const headers = JSON.parse(event.headers) as Readonly<Record<string, string>>;
  const reading = forge.parse({ headers, body: event.body });
  const request = { forgeName: forge.name, headers, body: event.body, remoteAddress: `replay by ${by}` };
  const delivery = acceptedDelivery(request, new Date(), forge, reading, router(forge.name, reading));
  const { proof: kind, proof_secret: secret } = event;
  return (kind === "signature" || kind === "token") && secret !== null
    ? { ...delivery, proof: { kind, secret } }
    : delivery;
}
