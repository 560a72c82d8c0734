import type { HostCount, RolloutMember, RolloutPlan } from "../domain/rollout.ts";
import { EVERY_OTHER_HOST } from "../domain/rollout.ts";

/** The members in the order in which their hosts come. Pure. */
export function inOrder(members: readonly RolloutMember[], { order }: RolloutPlan): readonly RolloutMember[] {
  const places = new Map(order.map((host, place) => [host, place]));
  const ofOthers = places.get(EVERY_OTHER_HOST) ?? order.length;
  const placeOf = ({ host }: RolloutMember): number => places.get(host) ?? ofOthers;
  return members.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.host < b.host ? -1 : 1));
}

/** A count of hosts as a number. A share is rounded down, and is at least one host. Pure. */
export function hostCount(count: HostCount, all: number): number {
  return typeof count === "number" ? count : Math.max(1, Math.floor((Number.parseFloat(count) * all) / 100));
}

/** How many hosts the wave of this number has: the first host alone if it has work of its own, then the canaries, then all others. Pure. */
export function waveSize(plan: RolloutPlan, wave: number, all: number): number {
  const most = Math.max(1, hostCount(plan.maxParallel, all));
  if (plan.isFirstAlone && wave === 0) return 1;
  const alone = plan.isFirstAlone ? 1 : 0;
  // Canaries that no wave before this one has deployed.
  const canaries = plan.canary - alone - (wave - alone) * most;
  return canaries > 0 ? Math.min(canaries, most) : most;
}
