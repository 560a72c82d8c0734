import type { RunningDeployment } from "../store/reads/queue-state.ts";

/** The leases are read every two seconds, and a look seldom takes longer than this. */
const LONGEST_GAP_MS = 5_000;

/**
 * How long each runner has been silent: the time, by this process's own monotonic clock, in which its lease did not change. A wall clock that is set
 * (here or on another machine) makes nobody look dead, and nobody look alive.
 */
export interface Silence {
  /**
   * The leases were read just now. If they could not be read for a while (the store was away, this process was stopped), nobody could be heard either: that
   * time makes nobody silent.
   */
  looked(): void;
  /** Milliseconds since the lease was first seen as it is; Infinity for a deployment without a lease. */
  of(running: Pick<RunningDeployment, "id" | "leaseOwner" | "leaseExpiresAt">): number;
}

export function watchSilence(monotonicMs: () => number = () => performance.now()): Silence {
  const seen = new Map<string, { readonly lease: string; readonly since: number }>();
  let lookedAt: number | undefined;
  return {
    looked() {
      const now = monotonicMs();
      const deafMs = now - (lookedAt ?? now) - LONGEST_GAP_MS;
      lookedAt = now;
      if (deafMs <= 0) return;
      for (const [id, { lease, since }] of seen) seen.set(id, { lease, since: since + deafMs });
    },
    of({ id, leaseOwner: owner, leaseExpiresAt: until }) {
      if (owner === undefined || until === undefined) {
        seen.delete(id);
        return Infinity;
      }
      const now = monotonicMs();
      const lease = `${owner} ${until}`;
      const before = seen.get(id);
      if (before?.lease === lease) return now - before.since;
      // Ended deployments are not asked for again: the oldest goes.
      if (seen.size >= 10_000) seen.delete(seen.keys().next().value ?? "");
      seen.set(id, { lease, since: now });
      return 0;
    },
  };
}
