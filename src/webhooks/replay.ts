import type { IncomingDelivery } from "../domain/decision.ts";
import { UsageError } from "../domain/errors.ts";
import type { Router } from "../routing/route.ts";
import type { DeliveryDetail } from "../store/reads/delivery-detail.ts";
import { acceptedDelivery } from "./incoming-delivery.ts";
import type { Instance } from "./instance.ts";

/**
 * A stored delivery once more, read and routed as this program and this configuration would today. Recorded, it counts as a redelivery: what
 * the first led to and still stands is not done twice. @throws UsageError when it was not authentic or its body is gone; DeliveryRejected
 */
export async function replayed(
  { event }: DeliveryDetail,
  { instances, router }: { readonly instances: readonly Pick<Instance, "name" | "forge">[]; readonly router: Router },
  by: string,
): Promise<IncomingDelivery> {
  if (!event.verified) {
    throw new UsageError(`delivery ${event.id} was refused: ${event.reason}`, {
      hint: "A delivery that was not authentic is never acted on. Mend the secret, then let the forge send it again.",
    });
  }
  if (event.body === undefined) {
    throw new UsageError(
      event.eventName === "sweep"
        ? `${event.id} was found by a sweep: there is no body to read again`
        : `the body of delivery ${event.id} is no longer kept (store.keep_payloads_days)`,
      { hint: "Let the forge send it again, or fraisier deploy the revision by hand." },
    );
  }
  const instance = instances.find(({ name }) => name === event.forge);
  if (instance === undefined)
    throw new UsageError(`fraises.yaml has no forge ${event.forge} any more, which sent delivery ${event.id}`, {
      hint: `Add git.${event.forge}, or fraisier deploy the revision by hand.`,
    });
  const headers = JSON.parse(event.headers) as Readonly<Record<string, string>>;
  const reading = await instance.forge.parse({ headers, body: event.body });
  const request = { forgeName: instance.name, headers, body: event.body, remoteAddress: `replay by ${by}` };
  const proposals = router(instance.name, reading);
  const delivery = acceptedDelivery({ request, at: new Date(), instance, reading, proposals });
  const { kind, secret, key = "" } = event.proof ?? {};
  return (kind === "signature" || kind === "token") && secret !== undefined
    ? { ...delivery, proof: { kind, secret, key } }
    : delivery;
}
