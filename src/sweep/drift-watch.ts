import type { Target } from "../config/config.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { JobRun } from "../store/writes/record-job-run.ts";
import { findDrift } from "./find-drift.ts";
import type { Managed } from "./find-drift.ts";

export interface DriftWatchParts {
  readonly store: Pick<Store, "targets" | "onPoke">;
  readonly host: Pick<Host, "files" | "git">;
  /** The targets of the settings in force, asked anew at each look. */
  readonly targets: () => readonly Target[];
  readonly managedOf: (target: Target) => Managed;
  /** The target whose code this one runs; undefined for a target with code of its own. */
  readonly lenderOf: (target: Target) => TargetKey | undefined;
  /** How the services of jobs ended last, by target; without those of which systemd knows nothing. */
  readonly lastRuns: (targets: readonly Target[]) => Promise<ReadonlyMap<string, JobRun>>;
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

const PAUSE_MS = 60_000;

/**
 * Compares the host with the record, at start and again a minute after the last look has ended, and writes down what it finds. It looks at one target after the other. Targets that run another
 * target's code are looked at whenever a process has changed something in the store, as their code changes with it.
 */
export function startDriftWatch(parts: DriftWatchParts, pauseMs = PAUSE_MS): DriftWatch {
  const unknown = new Map<string, string>();
  let isPoked = false;
  const look = async (): Promise<void> => {
    try {
      await recordJobRuns(parts);
      for (const target of parts.targets()) {
        if (parts.signal.aborted) return;
        await compare(parts, target, unknown);
      }
    } catch (error) {
      parts.log.error({ err: error }, "the host could not be compared with the record; trying again in a minute");
    }
  };
  const lookAtBorrowers = async (): Promise<void> => {
    isPoked = false;
    try {
      for (const target of parts.targets()) {
        if (parts.signal.aborted) return;
        if (parts.lenderOf(target) !== undefined) await compare(parts, target, unknown);
      }
    } catch (error) {
      parts.log.error({ err: error }, "borrowed code could not be looked at; trying again in a minute");
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const lookAgain = async (): Promise<void> => {
    await look();
    // Counted from the end of a look: looks that take longer than the pause would pile up.
    if (isStopped || parts.signal.aborted) return;
    timer = setTimeout(() => {
      underWay = underWay.then(lookAgain);
    }, pauseMs);
  };
  let isStopped = false;
  let underWay = lookAgain();
  const stopListening = parts.store.onPoke(() => {
    if (isPoked) return;
    isPoked = true;
    underWay = underWay.then(lookAtBorrowers);
  });
  return {
    unknownTargets: () => unknown.size,
    async stopped() {
      isStopped = true;
      stopListening();
      clearTimeout(timer);
      await underWay;
    },
  };
}

/** The record of a target, and what its host must have by it. Undefined while something is on its way: the two are meant to differ then. */
async function recordOf(target: Target, { store, lenderOf }: DriftWatchParts) {
  const [row] = await store.targets.status(target);
  if (row?.revision === undefined || row.running !== undefined) return undefined;
  const lender = lenderOf(target);
  // The lender's own push brings a deployment of its borrower: what waits is told of already.
  if (lender !== undefined && row.waiting !== undefined) return undefined;
  const recorded = {
    revision: row.revision,
    release: row.releasePath,
    lender: lender && {
      name: targetName(lender),
      revision: (await store.targets.status(lender))[0]?.revision,
    },
  };
  return { row, recorded };
}

async function compare(parts: DriftWatchParts, target: Target, unknown: Map<string, string>): Promise<void> {
  const { store, host, managedOf, redact, log, signal } = parts;
  const { row, recorded } = (await recordOf(target, parts)) ?? {};
  if (row === undefined || recorded === undefined) return;
  const seen = await findDrift(target, recorded, host, managedOf(target));
  // A look that was interrupted saw nothing.
  if (signal.aborted) return;
  tellUnknown(redact(seen.unknown.join("; ")), target, unknown, log);
  const drift = redact(seen.differs.join("; "));
  if (drift === row.drift) return;
  const [after] = await store.targets.status(target);
  if (after === undefined || after.deployment !== row.deployment || after.running !== undefined) return;
  await store.targets.recordDrift(target, drift);
  if (drift === "") log.info({ target: targetName(target) }, "the host agrees with the record again");
  else log.warn({ target: targetName(target), drift }, "the host differs from the record");
}

/** systemd forgets how a job ended when the machine restarts: the store remembers it. */
async function recordJobRuns({ store, targets, lastRuns }: DriftWatchParts): Promise<void> {
  const jobs = targets().filter(({ settings }) => settings.job !== undefined);
  if (jobs.length === 0) return;
  const runs = await lastRuns(jobs);
  for (const target of jobs) {
    const run = runs.get(targetName(target));
    if (run === undefined) continue;
    const [row] = await store.targets.status(target);
    const isKnown =
      row?.lastRun?.at === run.at && row.lastRun.result === run.result && row.lastRun.exitCode === run.exitCode;
    if (!isKnown) await store.targets.recordJobRun(target, run);
  }
}

/** A target that cannot be looked at is told once, and again when the reason changes. It is never taken for a difference. */
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
