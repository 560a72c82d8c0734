import type { Rollout, RolloutTrouble } from "../domain/rollout.ts";
import type { WaveWait } from "../domain/wave-wait.ts";
import { someHosts } from "../domain/wave-wait.ts";
import { nextWave } from "./next-wave.ts";
import { currentWave, hostsOf, isDone, isUnreturned, runs, runsAudibly } from "./rollout-members.ts";
import { afterTrouble, takenBackNext } from "./rollout-trouble.ts";
import { hostCount, inOrder } from "./wave-order.ts";
import type { WavesDecision } from "./waves-decision.ts";
import { begin } from "./waves-decision.ts";

const NOTHING: WavesDecision = {
  begins: [],
  waits: new Map(),
  ends: [],
  takesBack: [],
  trouble: undefined,
  end: undefined,
};

/** Decides what may begin in a rollout, what waits and for what, and what follows a failure, a newer push or the last host. Pure: all times are measured by the caller. */
export function decideWaves(rollout: Rollout): WavesDecision {
  if (rollout.outcome !== undefined) return { ...NOTHING, ...afterTheEnd(rollout) };
  const trouble = rollout.trouble ?? failureIn(rollout);
  if (trouble !== undefined) return { ...NOTHING, ...afterTrouble(rollout, trouble) };
  if (rollout.replacedBy !== undefined) return { ...NOTHING, ...stopped(rollout, "superseded") };
  const dropped = droppedIn(rollout);
  if (dropped !== undefined) return { ...NOTHING, ...stopped(rollout, dropped) };
  const { absence, ...next } = nextWave(rollout);
  if (absence !== undefined) return { ...NOTHING, ...afterTrouble(rollout, absence) };
  const limitMs = rollout.plan.timeoutMs;
  if (next.end === undefined && limitMs !== undefined && isBegun(rollout) && rollout.runsForMs >= limitMs)
    return { ...NOTHING, ...afterTrouble(rollout, { kind: "timeout", limitMs }) };
  return { ...NOTHING, ...next };
}

/** A person ended a deployment that had begun, or wished for another one on its host. */
function droppedIn({ members }: Rollout): "cancelled" | "superseded" | undefined {
  const begun = members.filter(({ wave }) => wave !== undefined);
  return (["cancelled", "superseded"] as const).find((status) => begun.some((member) => member.status === status));
}

function isBegun({ members }: Rollout): boolean {
  return currentWave(members) >= 0;
}

/** The first failure, in the order of the hosts. */
function failureIn({ members, plan }: Rollout): RolloutTrouble | undefined {
  for (const { host, deployment, status, illness } of inOrder(members, plan)) {
    if (status === "failed" || status === "rolled_back" || status === "rollback_failed")
      return { kind: "deployment", host, deployment, status };
    if (status === "succeeded" && illness !== undefined) return { kind: "illness", host, deployment, found: illness };
  }
  return undefined;
}

/** A newer push, or a person, ends it: what runs goes on to its end, and no host goes back. */
function stopped({ members }: Rollout, outcome: "superseded" | "cancelled"): Partial<WavesDecision> {
  const ends = members.filter(({ status }) => status === "queued").map(({ deployment }) => deployment);
  if (members.some(runsAudibly)) return { ends };
  const leftOut = hostsOf(members.filter((member) => !isDone(member)));
  return { ends, end: { outcome, trouble: undefined, leftOut } };
}

/** Hosts that were absent come back: they catch up with a good revision, and leave a bad one. */
function afterTheEnd(rollout: Rollout): Partial<WavesDecision> {
  const { members, plan, outcome, replacedBy } = rollout;
  const ordered = inOrder(members, plan);
  const queued = ordered.filter(({ status }) => status === "queued");
  if (outcome !== "succeeded" && outcome !== "skipped") {
    const goesBack = plan.onFailure === "roll_back" && replacedBy === undefined && rollout.trouble !== undefined;
    const late = goesBack ? takenBackNext(members.filter(isUnreturned)) : [];
    return { ends: queued.map(({ deployment }) => deployment), takesBack: late };
  }
  const running = ordered.filter(runs);
  const places = Math.max(0, Math.max(1, hostCount(plan.maxParallel, members.length)) - running.length);
  const present = queued.filter(({ presence }) => presence === "present");
  const wave = currentWave(members) + 1;
  const begins = present.slice(0, places).map((member) => begin(member, wave, plan));
  const first = someHosts(hostsOf([...running, ...present.slice(0, places)]));
  const waits = new Map<string, WaveWait>(
    present.slice(places).map(({ deployment }) => [deployment, { kind: "catching up", ...first }]),
  );
  for (const { deployment, host, presence } of queued)
    if (presence !== "present") waits.set(deployment, { kind: "absence", host, presence });
  return { begins, waits };
}
