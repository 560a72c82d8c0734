import type { Facts } from "../steps/capabilities.ts";
import type { Step } from "../steps/step.ts";
import type { StepStatus } from "../domain/deployment.ts";
import { PHASES } from "../domain/phase.ts";
import type { Store } from "../store/store.ts";

/** The record of each step of one deployment: kept in memory, and in the store before any call resolves. */
export interface Journal {
  isStarted(step: Step): boolean;
  isFinished(step: Step): boolean;
  /** Finished, or wholly taken back: nothing of it is under way. */
  isOver(step: Step): boolean;
  /** Started by this or an earlier runner, and not wholly taken back. */
  mustBeUndone(step: Step): boolean;
  /** By the name of the step. */
  factsOf(step: string): Facts;
  /** The warnings of steps, in the order in which the steps were begun. */
  warnings(): readonly string[];
  warn(step: Step, text: string): Promise<void>;
  /** When it was last begun; undefined when it was not. */
  startOf(step: Pick<Step, "name">): Date | undefined;
  start(step: Step): Promise<void>;
  remember(step: Step, facts: Facts): Promise<void>;
  finish(step: Step): Promise<void>;
  fail(step: Step, error: unknown): Promise<void>;
  startUndo(step: Step): Promise<void>;
  finishUndo(step: Step): Promise<void>;
  failUndo(step: Step, error: unknown): Promise<void>;
}

interface Entry {
  status: StepStatus;
  facts: Facts;
  startedMs: number;
  startedAt: Date;
}

/** The fact under which a step leaves what went wrong without making the deployment fail. */
const WARNING = "warning";

/** @param redact error texts may hold what a command printed. */
export async function openJournal(
  store: Store,
  id: string,
  owner: string,
  redact: (text: string) => string,
): Promise<Journal> {
  const entries = new Map<string, Entry>();
  const recorded = await store.deployments.detail(id);
  for (const row of recorded?.steps ?? []) {
    entries.set(row.step, {
      status: row.status,
      facts: row.facts as Facts,
      startedMs: performance.now(),
      startedAt: new Date(row.startedAt),
    });
  }
  const write = async (
    step: Step,
    status: StepStatus,
    more: { facts?: Facts; error?: unknown; isSameRun?: true } = {},
  ): Promise<void> => {
    const before = entries.get(step.name);
    const begins = status === "started" || status === "undoing";
    const times = more.isSameRun === true ? timesOf(before) : timesFrom(before, status);
    const facts = { ...before?.facts, ...more.facts };
    await store.deployments.journalStep(id, owner, {
      step: step.name,
      phase: step.phase,
      status,
      facts: JSON.stringify(facts),
      ...(more.error === undefined ? {} : { error: redact(messageOf(more.error)) }),
      ...(begins ? {} : { durationMs: Math.round(performance.now() - times.startedMs) }),
      isBrief: isBrief(step, status),
    });
    entries.set(step.name, { status, facts, ...times });
  };
  return {
    isStarted: (step) => entries.has(step.name),
    isFinished: (step) => entries.get(step.name)?.status === "finished",
    isOver: (step) => ["finished", "undone"].includes(entries.get(step.name)?.status ?? ""),
    mustBeUndone: (step) =>
      step.undo !== undefined && entries.has(step.name) && entries.get(step.name)?.status !== "undone",
    factsOf: (step) => entries.get(step)?.facts ?? {},
    warnings: () =>
      [...entries.values()].flatMap(({ facts }) => (typeof facts[WARNING] === "string" ? [facts[WARNING]] : [])),
    warn: (step, text) =>
      write(step, entries.get(step.name)?.status ?? "started", { facts: { [WARNING]: text }, isSameRun: true }),
    startOf: (step) => entries.get(step.name)?.startedAt,
    start: (step) => write(step, "started"),
    remember: (step, facts) => write(step, entries.get(step.name)?.status ?? "started", { facts, isSameRun: true }),
    finish: (step) => write(step, "finished"),
    fail: (step, error) => write(step, "failed", { error }),
    startUndo: (step) => write(step, "undoing"),
    finishUndo: (step) => write(step, "undone"),
    failUndo: (step, error) => write(step, "undo_failed", { error }),
  };
}

/** The phases after which the host has changed: a runner that died in one of them, or behind them, is not simply run again. */
const CHANGING = PHASES.slice(PHASES.findIndex(({ onCrash }) => onCrash === "roll back")).map(({ name }) => name);

/**
 * Whether a power cut may take an entry of the journal. It may never take the beginning of a step that must be taken back, or that belongs to a phase in which
 * the host changes; those wait for the disk, and take all entries before them along. An end that is lost makes the step begin anew, or be taken back, as if its
 * runner had been killed a moment earlier.
 */
function isBrief(step: Step, status: StepStatus): boolean {
  if (status === "finished") return true;
  return status === "started" && step.undo === undefined && !CHANGING.some((phase) => phase === step.phase);
}

type Times = Pick<Entry, "startedMs" | "startedAt">;

function timesOf(before: Entry | undefined): Times {
  return { startedMs: before?.startedMs ?? performance.now(), startedAt: before?.startedAt ?? new Date() };
}

/** A step that is taken back is measured anew, and keeps the time at which it was begun. */
function timesFrom(before: Entry | undefined, status: StepStatus): Times {
  const times = timesOf(before);
  if (status === "started") return { startedMs: performance.now(), startedAt: new Date() };
  return status === "undoing" ? { ...times, startedMs: performance.now() } : times;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}
