import type { Gate } from "../domain/wait-reason.ts";

/** Launches that led to no runner: why, and when the next one may be tried. */
export interface FailedLaunches {
  failed(deployment: string, why: string): void;
  /** Why no runner is launched for it just now; undefined if one may be. */
  because(deployment: string): Gate | undefined;
  /** A runner has taken it up. */
  forget(deployment: string): void;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** Ended deployments are not asked for again: the oldest goes. */
const MANY = 10_000;

export function failedLaunches(monotonicMs: () => number = () => performance.now()): FailedLaunches {
  const launches = new Map<string, { readonly why: string; readonly times: number; readonly until: number }>();
  return {
    failed(deployment, why) {
      const times = (launches.get(deployment)?.times ?? 0) + 1;
      if (launches.size >= MANY) launches.delete(launches.keys().next().value ?? "");
      const pause = Math.min(FIRST_MS * 2 ** (times - 1), LONGEST_MS);
      launches.set(deployment, { why, times, until: monotonicMs() + pause });
    },
    because(deployment) {
      const last = launches.get(deployment);
      if (last === undefined || last.until <= monotonicMs()) return undefined;
      return { kind: "launch", failure: last.why };
    },
    forget: (deployment) => void launches.delete(deployment),
  };
}
