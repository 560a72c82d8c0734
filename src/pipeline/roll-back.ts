import { FraisierError, ProgramKilled, StoreAway } from "../domain/errors.ts";
import { LeaseLost } from "../store/writes/lease-lost.ts";
import { errorFacts } from "./error-facts.ts";
import { heardStop } from "./heard-stop.ts";
import { Stopped } from "./interruptions.ts";
import type { Run } from "./run.ts";
import type { Step } from "../steps/step.ts";
import { messageOf } from "../domain/message-of.ts";

/** How often the programs of one step may be killed while it is taken back, before a person must look. */
const KILLED_PROGRAMS = 2;

/** Why one step could not be taken back. */
interface Problem {
  readonly message: string;
  readonly hint: string;
}

/**
 * Takes back every step that was begun and knows how, last first, and goes on when one cannot: the more of the old state, the better. Returns what went wrong,
 * and what to do about each. No interruption from outside ends a step, as half a rollback is worse than a late one; each step bounds itself.
 * @throws Stopped between two steps: the next runner takes back again from the top.
 */
export async function rollBack(run: Run): Promise<readonly Problem[]> {
  const { steps, journal, output, clock, redact, stopping } = run;
  const problems: Problem[] = [];
  const progress = 99;
  for (const step of steps.toReversed()) {
    if (!journal.mustBeUndone(step)) continue;
    output.add(step.name, "fraisier", `taking back ${step.name}`);
    await tell(run, { phase: step.phase, progress, metadata: { step: step.name, undo: true } });
    await journal.startUndo(step);
    try {
      await undo(run, step);
      await journal.finishUndo(step);
    } catch (error) {
      // A step that needs the store is taken back by the next runner, and those before it behind it.
      if (error instanceof LeaseLost || (error instanceof StoreAway && run.local !== undefined)) throw error;
      // The signal that stops the runner has probably stopped the commands of this step, too: their failure says nothing about the step.
      await heardStop(clock);
      if (stopping.aborted) throw new Stopped();
      const message = messageOf(error);
      const hint = error instanceof FraisierError ? (error.hint ?? "") : "";
      problems.push({ message: `${step.name}: ${message}`, hint });
      output.add(step.name, "fraisier", `could not take back ${step.name}: ${message}`);
      const metadata = { step: step.name, undo: true, ...errorFacts(error, redact) };
      await tell(run, { phase: step.phase, progress, metadata });
      await journal.failUndo(step, error);
    }
    if (stopping.aborted) throw new Stopped();
  }
  return problems;
}

/** Tells people how far it has come. If the store is away, the journal on this machine says so. */
async function tell(
  { id, owner, store, local }: Run,
  change: Parameters<Run["store"]["deployments"]["enterPhase"]>[2],
): Promise<void> {
  try {
    await store.deployments.enterPhase(id, owner, change);
  } catch (error) {
    if (local === undefined || !(error instanceof StoreAway)) throw error;
  }
}

/** Takes one step back, and again if a program of it is killed: every step may be taken back more than once. */
async function undo({ steps, contextFor, output, clock, stopping }: Run, step: Step): Promise<void> {
  for (let killed = 1; ; killed += 1) {
    try {
      return await step.undo?.(contextFor(step, new AbortController().signal, steps.length, steps.length));
    } catch (error) {
      if (!(error instanceof ProgramKilled) || killed > KILLED_PROGRAMS) throw error;
      await heardStop(clock);
      if (stopping.aborted) throw error;
      output.add(step.name, "fraisier", `${error.message}: taking ${step.name} back again`);
    }
  }
}
