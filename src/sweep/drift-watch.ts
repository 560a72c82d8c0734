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

/** A watch that runs. */
export interface DriftWatch {
  /** How many targets could not be looked at wholly, so that nobody knows whether their host agrees with the record. */
  unknownTargets(): number;
  stopped(): Promise<void>;
}

const INTERVAL_MS = 60_000;

/** Compares the host with the record, at start and every minute, and writes down what it finds. One target after the other: nobody waits for it. */
export function startDriftWatch(parts: DriftWatchParts): DriftWatch {
  const unknown = new Map<string, string>();
  const look = async (): Promise<void> => {
    try {
      for (const target of parts.targets()) {
        if (parts.signal.aborted) return;
        await compare(parts, target, unknown);
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
    unknownTargets: () => unknown.size,
    async stopped() {
      clearInterval(timer);
      await underWay;
    },
  };
}

async function compare(
  { store, host, managedOf, redact, log, signal }: DriftWatchParts,
  target: Target,
  unknown: Map<string, string>,
): Promise<void> {
  const [row] = await store.targetStatus(target);
  // While something is on its way the two are meant to differ.
  if (row === undefined || row.revision === null || row.running_id !== null) return;
  const recorded = { revision: row.revision, release: row.active_release };
  const seen = await findDrift(target, recorded, host, managedOf(target));
  // A look that was interrupted saw nothing.
  if (signal.aborted) return;
  tellUnknown(redact(seen.unknown.join("; ")), target, unknown, log);
  const drift = redact(seen.differs.join("; "));
  if (drift === row.drift) return;
  const [after] = await store.targetStatus(target);
  if (after?.deployment_id !== row.deployment_id || after?.running_id !== null) return;
  await store.recordDrift(target, drift);
  if (drift === "") log.info({ target: targetName(target) }, "the host agrees with the record again");
  else log.warn({ target: targetName(target), drift }, "the host differs from the record");
}

/** What cannot be looked at is told once, and again when the reason changes. It is never taken for a difference. */
function tellUnknown(reason: string, target: Target, unknown: Map<string, string>, log: Log): void {
  const name = targetName(target);
  if ((unknown.get(name) ?? "") === reason) return;
  if (reason === "") {
    unknown.delete(name);
    log.info({ target: name }, "the host can be looked at again");
  } else {
    unknown.set(name, reason);
    log.warn({ target: name, unknown: reason }, "the host cannot be compared with the record");
  }
}
