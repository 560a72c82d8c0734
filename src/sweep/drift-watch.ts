import type { Target } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import { findDrift } from "./find-drift.ts";
import type { Managed } from "./find-drift.ts";

export interface DriftWatchParts {
  readonly store: Pick<Store, "targetStatus" | "recordDrift">;
  readonly host: Pick<Host, "files" | "git">;
  /** Those of the settings in force, asked anew at each look. */
  readonly targets: () => readonly Target[];
  readonly managedOf: (target: Target) => Managed;
  readonly redact: (text: string) => string;
  readonly log: Log;
  /** Ends the watch. Programs of `host` and `managedOf` that are under way end by it, too. */
  readonly signal: AbortSignal;
}

const INTERVAL_MS = 60_000;

/** Compares the host with the record, at start and every minute, and writes down what it finds. One target after the other: nobody waits for it. */
export function startDriftWatch(parts: DriftWatchParts): { stopped(): Promise<void> } {
  const look = async (): Promise<void> => {
    try {
      for (const target of parts.targets()) {
        if (parts.signal.aborted) return;
        await compare(parts, target);
      }
    } catch (error) {
      parts.log.error({ err: error }, "the host could not be compared with the record; trying again in a minute");
    }
  };
  let underWay = look();
  const timer = setInterval(() => {
    underWay = underWay.then(look);
  }, INTERVAL_MS);
  return {
    async stopped() {
      clearInterval(timer);
      await underWay;
    },
  };
}

async function compare(
  { store, host, managedOf, redact, log, signal }: DriftWatchParts,
  target: Target,
): Promise<void> {
  const [row] = await store.targetStatus(target);
  // While something is on its way the two are meant to differ.
  if (row === undefined || row.revision === null || row.running_id !== null) return;
  const recorded = { revision: row.revision, release: row.active_release };
  const drift = redact((await findDrift(target, recorded, host, managedOf(target))).join("; "));
  // A look that was interrupted saw nothing.
  if (drift === row.drift || signal.aborted) return;
  const [after] = await store.targetStatus(target);
  if (after?.deployment_id !== row.deployment_id || after?.running_id !== null) return;
  await store.recordDrift(target, drift);
  if (drift === "") log.info({ target: targetName(target) }, "the host agrees with the record again");
  else log.warn({ target: targetName(target), drift }, "the host differs from the record");
}
