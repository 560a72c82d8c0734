import type { Rollout, RolloutEnd, RolloutMember, RolloutPlan, RolloutTrouble } from "../domain/rollout.ts";
import type { WaveWait } from "../domain/wave-wait.ts";
import { someHosts } from "../domain/wave-wait.ts";
import { currentWave, hostsOf, isDone, isRetry, isUnbegun } from "./rollout-members.ts";
import { hostCount, inOrder, waveSize } from "./wave-order.ts";
import type { Begin } from "./waves-decision.ts";
import { begin } from "./waves-decision.ts";

/** The things that are due in a rollout that goes on. */
export interface NextWave {
  readonly begins: readonly Begin[];
  readonly waits: ReadonlyMap<string, WaveWait>;
  readonly end: RolloutEnd | undefined;
  /** A host is absent at its turn, and the plan says that the rollout fails then. */
  readonly absence: RolloutTrouble | undefined;
}

/** Decides which hosts may begin: those of the current wave, and those of the next one once the current wave has ended well and stayed healthy. Pure. */
export function nextWave(rollout: Rollout): NextWave {
  const { members, plan, older } = rollout;
  const ordered = inOrder(members, plan);
  const current = currentWave(ordered);
  const turn = turnOf(ordered, plan, current);
  const end = endOf(ordered, turn, current);
  if (end !== undefined) return { begins: [], waits: new Map(), end, absence: undefined };
  const queued = ordered.filter(({ status }) => status === "queued");
  const common = commonWait(rollout);
  const waits = new Map<string, WaveWait>();
  for (const [member, wait] of waitsBehind(ordered, plan, current, turn)) waits.set(member.deployment, wait);
  const begins: Begin[] = [];
  const next = new Set(turn.next);
  for (const member of queued) {
    const { deployment, host, presence } = member;
    if (presence !== "present") waits.set(deployment, { kind: "absence", host, presence });
    else if (common !== undefined) waits.set(deployment, common);
    else if (next.has(member) || isRetry(member)) begins.push(begin(member, turn.wave, plan));
  }
  return { begins, waits, end: undefined, absence: older === undefined ? absenceAt(turn, plan) : undefined };
}

/** The members whose turn it is, and those for which the others wait. */
interface Turn {
  /** The number of the wave that begins or is filled up. */
  readonly wave: number;
  /** Members of that wave which have not begun. */
  readonly next: readonly RolloutMember[];
  /** Members whose waves come later, in their order. */
  readonly later: readonly RolloutMember[];
  /** Members that have begun and not ended, a retry that waits among them. */
  readonly undone: readonly RolloutMember[];
  /** Members of the current wave that have not been healthy for long enough. */
  readonly baking: readonly RolloutMember[];
}

function turnOf(ordered: readonly RolloutMember[], plan: RolloutPlan, current: number): Turn {
  const takesPart = (member: RolloutMember): boolean => plan.absent !== "skip" || member.presence === "present";
  const waiting = ordered.filter((member) => isUnbegun(member) && takesPart(member));
  const inCurrent = ordered.filter(({ wave }) => wave === current && current >= 0);
  const undone = ordered.filter((member) => member.wave !== undefined && isUnended(member));
  const baking = inCurrent.filter(({ status, healthyMs }) => status === "succeeded" && healthyMs < plan.bakeMs);
  const room = current < 0 ? 0 : Math.max(0, waveSize(plan, current, ordered.length) - inCurrent.length);
  if (room > 0 && waiting.length > 0)
    return { wave: current, next: waiting.slice(0, room), later: waiting.slice(room), undone, baking };
  const size = undone.length + baking.length > 0 ? 0 : waveSize(plan, current + 1, ordered.length);
  return { wave: current + 1, next: waiting.slice(0, size), later: waiting.slice(size), undone, baking };
}

function isUnended({ status }: RolloutMember): boolean {
  return status === "queued" || status === "running" || status === "rolling_back";
}

/** All hosts that take part have ended and stayed healthy. */
function endOf(
  ordered: readonly RolloutMember[],
  { next, later, undone, baking }: Turn,
  current: number,
): RolloutEnd | undefined {
  if (next.length + later.length + undone.length + baking.length > 0) return undefined;
  const isBegun = current >= 0;
  // It has not begun on any host, and a host that is absent may still come back.
  if (!isBegun && ordered.some(isUnbegun)) return undefined;
  const has = (status: RolloutMember["status"]): boolean => ordered.some((member) => member.status === status);
  const leftOut = hostsOf(ordered.filter((member) => !isDone(member)));
  if (has("succeeded")) return { outcome: "succeeded", trouble: undefined, leftOut };
  if (has("skipped")) return { outcome: "skipped", trouble: undefined, leftOut };
  return { outcome: has("superseded") ? "superseded" : "cancelled", trouble: undefined, leftOut };
}

/** Something for which every host that is present waits alike. */
function commonWait({ members, plan, older }: Rollout): WaveWait | undefined {
  if (older !== undefined) return { kind: "older", rollout: older.id, ...someHosts(older.hosts) };
  const out = members.filter(({ presence }) => presence !== "present");
  const allowed = hostCount(plan.maxUnavailable, members.length);
  return out.length > allowed ? { kind: "unavailable", allowed, ...someHosts(hostsOf(out)) } : undefined;
}

/** The members of later waves wait for the wave before theirs: the reason stays the same until it is their turn. */
function* waitsBehind(
  ordered: readonly RolloutMember[],
  plan: RolloutPlan,
  current: number,
  turn: Turn,
): Generator<readonly [RolloutMember, WaveWait]> {
  let wave = turn.next.length > 0 ? turn.wave + 1 : current + 1;
  let wait = waitForCurrent(turn, plan);
  let from = 0;
  while (from < turn.later.length) {
    const together = turn.later.slice(from, from + waveSize(plan, wave, ordered.length));
    for (const member of together) yield [member, wait];
    wait = { kind: "hosts", ...someHosts(hostsOf(together)) };
    from += together.length;
    wave += 1;
  }
}

function waitForCurrent({ next, undone, baking }: Turn, { bakeMs }: RolloutPlan): WaveWait {
  const first = [...undone, ...next];
  const silent = (first.length > 0 ? first : baking).find(({ presence }) => presence === "silent");
  if (silent !== undefined) return { kind: "absence", host: silent.host, presence: "silent" };
  if (first.length > 0) return { kind: "hosts", ...someHosts(hostsOf(first)) };
  const leftMs = Math.max(0, ...baking.map(({ healthyMs }) => bakeMs - healthyMs));
  return { kind: "health", leftMs, ...someHosts(hostsOf(baking)) };
}

function absenceAt({ next, undone, baking }: Turn, { absent }: RolloutPlan): RolloutTrouble | undefined {
  if (absent !== "fail") return undefined;
  const missing =
    next.find(({ presence }) => presence !== "present") ??
    [...undone, ...baking].find(({ presence }) => presence === "silent");
  if (missing === undefined || missing.presence === "present") return undefined;
  return { kind: "absence", host: missing.host, presence: missing.presence };
}
