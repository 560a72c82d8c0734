import type { Target } from "../config/config.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import type { TargetState } from "../domain/target-state.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { JobRun } from "../store/writes/record-job-run.ts";
import { findDrift } from "./find-drift.ts";
import type { Managed, Recorded } from "./find-drift.ts";

export interface DriftWatchParts {
  readonly store: Pick<Store, "targets" | "host" | "onPoke">;
  readonly host: Pick<Host, "files" | "git">;
  /** The targets of the settings in force, asked anew at each look. */
  readonly targets: () => readonly Target[];
  /** The things that bring the code of each of these targets to life. systemd is asked about all of them at once, when this is called. */
  readonly managedOf: (targets: readonly Target[]) => Promise<(target: Target) => Managed>;
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
      const targets = parts.targets();
      const records = await recordsIn(parts);
      await recordJobRuns(parts, targets, records);
      await compareAll(parts, targets, records, unknown);
    } catch (error) {
      parts.log.error({ err: error }, "the host could not be compared with the record; trying again in a minute");
    }
  };
  const lookAtBorrowers = async (): Promise<void> => {
    isPoked = false;
    try {
      const borrowers = parts.targets().filter((target) => parts.lenderOf(target) !== undefined);
      if (borrowers.length > 0) await compareAll(parts, borrowers, await recordsIn(parts), unknown);
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

/** The record of every target on this host, by name. */
type Records = ReadonlyMap<string, TargetState>;

async function recordsIn({ store }: DriftWatchParts): Promise<Records> {
  return new Map((await store.targets.status({ host: store.host })).map((row) => [targetName(row), row]));
}

/** A target that runs something, its record, and what its host must have by it. */
interface Comparison {
  readonly target: Target;
  readonly row: TargetState;
  readonly recorded: Recorded;
}

/** Undefined while something is on its way: host and record are meant to differ then. */
function comparisonOf(target: Target, records: Records, { lenderOf }: DriftWatchParts): Comparison | undefined {
  const row = records.get(targetName(target));
  if (row?.revision === undefined || row.running !== undefined) return undefined;
  const lender = lenderOf(target);
  // The lender's own push brings a deployment of its borrower: what waits is told of already.
  if (lender !== undefined && row.waiting !== undefined) return undefined;
  const recorded = {
    revision: row.revision,
    release: row.releasePath,
    lender: lender && { name: targetName(lender), revision: records.get(targetName(lender))?.revision },
  };
  return { target, row, recorded };
}

/** The records are older than systemd's answer, so that they show which targets were changed by a deployment meanwhile. */
async function compareAll(
  parts: DriftWatchParts,
  targets: readonly Target[],
  records: Records,
  unknown: Map<string, string>,
): Promise<void> {
  const comparisons = targets.flatMap((target) => comparisonOf(target, records, parts) ?? []);
  const managedOf = await parts.managedOf(comparisons.map(({ target }) => target));
  for (const each of comparisons) {
    if (parts.signal.aborted) return;
    await compare(parts, each, managedOf(each.target), unknown);
  }
}

async function compare(
  { store, host, redact, log, signal }: DriftWatchParts,
  { target, row, recorded }: Comparison,
  managed: Managed,
  unknown: Map<string, string>,
): Promise<void> {
  const seen = await findDrift(target, recorded, host, managed);
  // A look that was interrupted saw nothing.
  if (signal.aborted) return;
  tellUnknown(redact(seen.unknown.join("; ")), target, unknown, log);
  const drift = redact(seen.differs.join("; "));
  if (drift === row.drift) return;
  const after = await store.targets.here(target);
  // A deployment began meanwhile, and may have ended and left what runs as it was: the next look sees how the host is now.
  const isSame = after?.deployment === row.deployment && after?.last?.id === row.last?.id;
  if (!isSame || after?.running !== undefined) return;
  await store.targets.recordDrift(target, drift);
  if (drift === "") log.info({ target: targetName(target) }, "the host agrees with the record again");
  else log.warn({ target: targetName(target), drift }, "the host differs from the record");
}

/** systemd forgets how a job ended when the machine restarts: the store remembers it. */
async function recordJobRuns(
  { store, lastRuns }: DriftWatchParts,
  targets: readonly Target[],
  records: Records,
): Promise<void> {
  const jobs = targets.filter(({ settings }) => settings.job !== undefined);
  if (jobs.length === 0) return;
  const runs = await lastRuns(jobs);
  for (const target of jobs) {
    const run = runs.get(targetName(target));
    if (run === undefined) continue;
    const known = records.get(targetName(target))?.lastRun;
    const isKnown = known?.at === run.at && known.result === run.result && known.exitCode === run.exitCode;
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
