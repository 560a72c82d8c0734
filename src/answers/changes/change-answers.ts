import type { Change } from "../../domain/change.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { covers } from "../../domain/lock.ts";
import type { DeploymentSummary } from "../../store/deployment-record.ts";
import type { DeliveryHistoryEntry } from "../../store/reads/delivery-history.ts";
import { decisionsJson, deliveryJson } from "../deliveries/delivery-json.ts";
import { summaryJson } from "../deployments/deployment-json.ts";
import type { TargetStatus } from "../schemas/status-document.ts";
import type { Sources } from "../sources.ts";
import { answerStatus } from "../targets/answer-status.ts";
import type { Within } from "../within.ts";

/** A document about something that changed. */
export interface ChangeAnswer {
  readonly event: Change["kind"];
  /** The name of the target, if the change is one of targets: a change of all targets has many documents, by name. */
  readonly target: string | undefined;
  readonly document: object;
}

/** Many clients ask for the same changes at the same time: so many are answered from memory. */
const KEPT = 500;

type Found =
  | { readonly deployment: DeploymentSummary | undefined }
  | { readonly delivery: DeliveryHistoryEntry | undefined }
  | { readonly targets: readonly TargetStatus[] };

/** Answers what a change was about, as far as the asker may know of it. A change about something that was forgotten since has no documents. */
export function changeAnswers(
  sources: () => Promise<Sources>,
): (change: Change, within: Within) => Promise<readonly ChangeAnswer[]> {
  const kept = new Map<number, Promise<Found>>();
  const found = (change: Change): Promise<Found> => {
    const known = kept.get(change.sequence);
    if (known !== undefined) return known;
    const asked = sources().then((each) => lookUp(each, change));
    // A failure is not kept: the next client asks anew.
    asked.catch(() => kept.delete(change.sequence));
    kept.set(change.sequence, asked);
    for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest);
    return asked;
  };
  return async (change, within) => {
    if (change.kind === "deployment" && within?.(change) === false) return [];
    return answersOf(change, await found(change), within);
  };
}

async function lookUp(sources: Sources, change: Change): Promise<Found> {
  const { store } = sources;
  if (change.kind === "deployment") return { deployment: await store.deployments.summary(change.subject) };
  if (change.kind === "delivery") return { delivery: await store.deliveries.summary(change.subject) };
  const { fraise, environment, job } = change;
  const named = Object.fromEntries(Object.entries({ fraise, environment, job }).filter(([, part]) => part !== "*"));
  return { targets: (await answerStatus(sources, { targets: named, host: undefined })).targets };
}

function answersOf(change: Change, found: Found, within: Within): readonly ChangeAnswer[] {
  if ("targets" in found)
    return found.targets
      .filter(({ target }) => covers(change, keyOf(target)) && within?.(keyOf(target)) !== false)
      .map((document) => ({ event: "target", target: document.target, document }));
  if ("delivery" in found) {
    if (found.delivery === undefined) return [];
    const decisions = decisionsJson(found.delivery.decisions, within);
    if (within !== undefined && decisions.length === 0) return [];
    const document = { ...deliveryJson(found.delivery), decisions };
    return [{ event: "delivery", target: undefined, document }];
  }
  if (found.deployment === undefined) return [];
  const { at, status = "", phase = "", progress = 0 } = change;
  const document = { ...summaryJson(found.deployment), change: { at, status, phase, progress } };
  return [{ event: "deployment", target: undefined, document }];
}

/** The parts of a target's name. */
function keyOf(name: string): TargetKey {
  const [fraise = "", environment = "", job = ""] = name.split("/");
  return { fraise, environment, job };
}
