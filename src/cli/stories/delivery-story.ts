import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import type { DeliveryDetail } from "../../store/reads/delivery-detail.ts";
import type { Sentence } from "./sentence.ts";

/** A delivery: where it came from, whether it was believed, and what was decided for each target. Pure. */
export function deliveryStory({ event, decisions }: DeliveryDetail): readonly Sentence[] {
  const what = event.repository === "" ? "" : ` for ${event.repository}`;
  const story: Sentence[] = [{ at: event.received_at, says: arrival(event, what) }];
  if (event.event_name !== "sweep")
    story.push({
      says:
        event.verified === 1
          ? `Its signature was verified, and it was answered ${event.http_status}.`
          : `It was refused with ${event.http_status}: ${event.reason}.`,
    });
  if (event.redelivery_of !== null)
    story.push({ says: `It is the same push as delivery ${event.redelivery_of}, sent again.` });
  if (event.verified === 0) {
    story.push({
      says: `If it was a real push: compare the webhook's secret at the forge with fraises.yaml, then press "Redeliver".`,
      isAdvice: true,
    });
    return story;
  }
  for (const each of decisions) {
    const target = each.fraise === "" ? "" : `${targetName(each)}: `;
    const revision =
      each.revision === "" ? "" : ` (${[refName(each.ref), short(each.revision)].filter(Boolean).join(" at ")})`;
    const led = each.deployment_id === null ? "" : `; deployment ${each.deployment_id}`;
    story.push({ says: `${target}${each.decision}${revision}: ${each.reason}${led}.` });
  }
  return story;
}

function arrival(event: DeliveryDetail["event"], what: string): string {
  if (event.event_name === "sweep")
    return `Delivery ${event.id}: a sweep found a push${what} whose webhook never came.`;
  const name = event.event_name === "" ? "A request" : `The event "${event.event_name}"`;
  const from = event.forge === "" ? event.remote_address : `${event.forge} (${event.remote_address})`;
  return `Delivery ${event.id}: ${name}${what} came from ${from}.`;
}

function refName(full: string): string {
  return full.replace(/^refs\/(heads|tags)\//, "");
}
