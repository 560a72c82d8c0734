import type { Rollout, RolloutMember, RolloutPlan } from "../../src/domain/rollout.ts";

/** A plan with one host at a time and no wait between the waves. */
const PLAN: RolloutPlan = {
  order: ["*"],
  maxParallel: 1,
  canary: 0,
  bakeMs: 0,
  onFailure: "stop",
  maxUnavailable: 1,
  absent: "skip",
  timeoutMs: undefined,
  isFirstAlone: false,
};

/** A member that waits; its deployment has the name of its host in capitals. */
export function member(host: string, more: Partial<RolloutMember> = {}): RolloutMember {
  return {
    host,
    deployment: host.toUpperCase(),
    status: "queued",
    wave: undefined,
    healthyMs: 0,
    illness: undefined,
    presence: "present",
    rollback: undefined,
    ...more,
  };
}

export function done(host: string, wave: number, more: Partial<RolloutMember> = {}): RolloutMember {
  return member(host, { status: "succeeded", wave, healthyMs: 3_600_000, ...more });
}

export function rolloutOf(
  members: readonly RolloutMember[],
  plan: Partial<RolloutPlan> = {},
  more: Partial<Rollout> = {},
): Rollout {
  return {
    id: "R",
    plan: { ...PLAN, ...plan },
    members,
    runsForMs: 0,
    replacedBy: undefined,
    older: undefined,
    trouble: undefined,
    outcome: undefined,
    ...more,
  };
}
