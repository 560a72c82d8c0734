import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import type { DeliveryDetail } from "../../store/reads/delivery-detail.ts";
import type { Sentence } from "../schemas/story-document.ts";

/** A delivery: where it came from, whether it was believed, and what was decided for each target. Pure. */
export function deliveryStory({ event, decisions }: DeliveryDetail): readonly Sentence[] {
  const story: Sentence[] = [{ at: event.receivedAt, says: arrival(event) }];
  if (event.eventName !== "sweep") story.push({ says: reception(event) });
  if (event.redeliveryOf !== undefined)
    story.push({ says: `It is the same push as delivery ${event.redeliveryOf}, sent again.` });
  if (event.decision === "refused") {
    story.push({
      says: `If it was a real push: ${REMEDIES[event.httpStatus] ?? "mend what the reason says"}, then ${again(event.forge)}.`,
      is_advice: true,
    });
    return story;
  }
  for (const each of decisions) {
    const target = each.fraise === "" ? "" : `${targetName(each)}: `;
    const revision =
      each.revision === "" ? "" : ` (${[refName(each.ref), short(each.revision)].filter(Boolean).join(" at ")})`;
    const led = each.deployment === undefined ? "" : `; deployment ${each.deployment}`;
    story.push({ says: `${target}${each.decision}${revision}: ${each.reason}${led}.` });
  }
  return story;
}

type Event = DeliveryDetail["event"];

function arrival(event: Event): string {
  if (event.eventName === "sweep")
    return `Delivery ${event.id}: a sweep of ${event.repository} found a ref that no deployment knew of.`;
  const name = event.eventName === "" ? "A request" : `The event "${event.eventName}"`;
  const from = event.forge === "" ? event.remoteAddress : `${event.forge} (${event.remoteAddress})`;
  return `Delivery ${event.id}: ${name}${purpose(event)} came from ${from}.`;
}

function purpose({ repository, claimedRepository: claimed }: Event): string {
  if (claimed !== "") return `, which claims to be for ${claimed},`;
  return repository === "" ? "" : ` for ${repository}`;
}

function reception({ decision, verified, proof, forge, httpStatus: status, reason }: Event): string {
  if (decision === "refused") return `It was refused with ${status}: ${reason}.`;
  if (!verified) return `Its forge never signs this request, which asks for nothing. It was answered ${status}.`;
  if (status === 503)
    return "The store was so slow that it was answered 503, as if it had not been recorded. It was recorded after that.";
  const which = proof?.secret === undefined ? "" : ` with secret ${proof.secret} of ${proof.key || `git.${forge}`}`;
  return `Its ${proof?.kind ?? "signature"} was verified${which}, and it was answered ${status}.`;
}

const REMEDIES: Readonly<Record<number, string>> = {
  403: "add its address to allow_from of the forge in fraises.yaml",
  401: "compare the webhook's secret at the forge with fraises.yaml",
  404: "correct the URL of the webhook, or add the forge to fraises.yaml",
  429: "wait a minute",
  405: "set the method of the webhook to POST",
  503: "mend what the reason says (fraisier status names a secret that is missing)",
  415: "set the content type of the webhook to application/json",
};

/** A bare repository has no button. */
function again(forge: string): string {
  return forge === "git" ? "push again, or deploy by hand" : 'press "Redeliver" at the forge';
}

function refName(full: string): string {
  return full.replace(/^refs\/(heads|tags)\//, "");
}
