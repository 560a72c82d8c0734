import type { StepStatus } from "../domain/deployment.ts";
import type { LogLine } from "../domain/log-line.ts";
import type { Phase } from "../domain/phase.ts";
import type { LineFile } from "../host/line-file.ts";
import type { Facts } from "../steps/capabilities.ts";
import type { Store } from "../store/store.ts";

type Settlement = Parameters<Store["deployments"]["settle"]>[2];
type RollbackCause = Parameters<Store["deployments"]["beginRollback"]>[2];

/** A step as the journal has it. */
export interface LocalStep {
  readonly step: string;
  readonly phase: Phase;
  readonly status: StepStatus;
  readonly facts: Facts;
  readonly error: string;
}

/** A line of the file: one thing that happened. */
type Entry =
  | ({ readonly kind: "step" } & LocalStep)
  | ({ readonly kind: "rollback" } & RollbackCause)
  | { readonly kind: "settlement"; readonly settlement: Settlement }
  | { readonly kind: "lines"; readonly lines: readonly LogLine[] }
  | { readonly kind: "left" };

/**
 * The journal of one deployment on this machine, beside the one in a store that a server keeps. Each entry is here before the step acts and before the store has it: what
 * a runner did while the server was away is found by the next runner.
 */
export interface LocalJournal {
  /** The steps as earlier runners wrote them, by name. */
  readonly steps: ReadonlyMap<string, LocalStep>;
  /** Why the deployment is taken back; undefined if it is not. */
  readonly rollback: RollbackCause | undefined;
  /** How it ended; undefined if it has not. */
  readonly settlement: Settlement | undefined;
  /** Lines of the log that the store did not take. */
  readonly lines: readonly LogLine[];
  /** How many runners left the deployment because the store was away. They did not die of it. */
  readonly stops: number;
  /** @param isBrief a power cut may take the entry. */
  step(entry: LocalStep, isBrief: boolean): Promise<void>;
  beginRollback(cause: RollbackCause): Promise<void>;
  settle(settlement: Settlement): Promise<void>;
  keepLines(lines: readonly LogLine[]): Promise<void>;
  /** This runner ends before its deployment does. */
  leave(): Promise<void>;
  /** The deployment has ended, and the store has all of it. */
  remove(): Promise<void>;
}

export function openLocalJournal(file: LineFile): LocalJournal {
  const entries = file.lines.flatMap(readEntry);
  let rollback: RollbackCause | undefined = entries.findLast((each) => each.kind === "rollback");
  const newest = entries.findLast(({ kind }) => kind !== "lines" && kind !== "left");
  const write = async (entry: Entry, isSynced = true): Promise<void> =>
    await file.append(JSON.stringify(entry), isSynced);
  return {
    steps: new Map(entries.flatMap((each) => (each.kind === "step" ? [[each.step, each] as const] : []))),
    get rollback() {
      return rollback;
    },
    // A step behind it shows that another runner went on.
    settlement: newest?.kind === "settlement" ? newest.settlement : undefined,
    lines: entries.flatMap((each) => (each.kind === "lines" ? each.lines : [])),
    stops: entries.filter(({ kind }) => kind === "left").length,
    step: async (entry, isBrief) => await write({ kind: "step", ...entry }, !isBrief),
    async beginRollback(cause) {
      rollback = cause;
      await write({ kind: "rollback", ...cause });
    },
    settle: async (settlement) => await write({ kind: "settlement", settlement }),
    async keepLines(lines) {
      if (lines.length > 0) await write({ kind: "lines", lines });
    },
    async leave() {
      await write({ kind: "left" });
      await file.close();
    },
    remove: async () => await file.remove(),
  };
}

const KINDS = new Set(["step", "rollback", "settlement", "lines", "left"]);

/** An entry that this version does not know was written by a newer one, and says nothing here. */
function readEntry(line: string): readonly Entry[] {
  try {
    const entry = JSON.parse(line) as Entry;
    return KINDS.has(entry.kind) ? [entry] : [];
  } catch {
    return [];
  }
}
