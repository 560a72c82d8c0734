import { FraisierError, HostUnavailable, StepFailed, StoreAway } from "../domain/errors.ts";
import type { Outcome } from "../domain/deployment.ts";
import { mayPass } from "../domain/retry.ts";
import { PHASES } from "../domain/phase.ts";
import type { Store } from "../store/store.ts";
import { LeaseLost } from "../store/writes/lease-lost.ts";
import { errorFacts } from "./error-facts.ts";
import { heardStop } from "./heard-stop.ts";
import { Cancelled, OutOfTime, Skipped, Stopped } from "./interruptions.ts";
import { startPhaseClock } from "./phase-clock.ts";
import type { LocalJournal } from "./local-journal.ts";
import { rollBack } from "./roll-back.ts";
import type { Run } from "./run.ts";
import { messageOf } from "../domain/message-of.ts";

/** A deployment that kills its runner (memory, a bad disk) is not tried for ever. */
const MAX_ATTEMPTS = 4;
const MAX_ROLLBACK_ATTEMPTS = 8;

/** Stands in the hint of a deployment that this machine or its operator let fail. */
const NOT_ITS_FAULT = "This is not the revision's fault, and the revision is not held.";
const LOOK_AT_IT = "The host is in neither state for certain: look at it, mend it, then deploy again.";

/**
 * Takes one claimed deployment to its end: the steps that are not finished yet, in order; when one fails, everything that was begun is taken
 * back. Always settles, unless the deployment was taken away (LeaseLost) or its runner was stopped: the result is undefined then, and
 * the next runner takes the deployment up.
 */
export async function runDeployment(run: Run): Promise<Outcome | undefined> {
  try {
    const known = run.local?.settlement;
    if (known !== undefined) return await report(run, known);
    const interrupted = interruption(run);
    if (interrupted !== undefined) return await endInterrupted(run, interrupted);
    try {
      await runSteps(run);
    } catch (error) {
      const isAway = error instanceof StoreAway && run.local !== undefined;
      return await (isAway ? endAway(run, error) : endEarly(run, error));
    }
    const reason = run.journal.warnings().join("; ");
    return await settle(run, { outcome: "succeeded", reason, hint: "", releasePath: run.releasePath });
  } catch (error) {
    if (error instanceof StoreAway && run.local !== undefined) return await leave(run, run.local);
    if (!(error instanceof Stopped)) throw error;
    return await giveBack(run);
  } finally {
    await unlessAway(run, run.output.close());
  }
}

/** The deployment ended while the store was away. */
async function report(run: Run, settlement: Settlement): Promise<Outcome | undefined> {
  run.output.add("fraisier", "fraisier", "recorded now, as the store was away when this deployment ended");
  return await record(run, settlement);
}

/** The store is away for too long, and nothing more can be done without it: the next runner goes on by the journal on this machine. */
async function leave({ output }: Run, local: LocalJournal): Promise<undefined> {
  output.add("fraisier", "fraisier", "the runner ended, as the store was away; the next runner goes on from here");
  await output.close().catch(() => undefined);
  await local.keepLines(output.unwritten());
  await local.leave();
}

/** Waits for a write that the journal on this machine stands in for, if the store is away. */
async function unlessAway({ local }: Run, write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (local === undefined || !(error instanceof StoreAway)) throw error;
    return false;
  }
}

/** The runner is being stopped: nothing is settled. A cancellation that a person asked for meanwhile is carried out all the same. */
async function giveBack(run: Run): Promise<Outcome | undefined> {
  run.output.add("fraisier", "fraisier", "the runner was told to stop; the next runner takes this deployment up");
  try {
    return await giveBackInStore(run);
  } catch (error) {
    if (run.local === undefined || !(error instanceof StoreAway)) throw error;
    return await leave(run, run.local);
  }
}

async function giveBackInStore(run: Run): Promise<Outcome | undefined> {
  await run.output.close();
  const { cancelledBy } = await run.store.queue.giveBack(run.id, run.owner);
  if (cancelledBy === undefined) return undefined;
  try {
    return await endEarly(run, new Cancelled(cancelledBy));
  } catch (error) {
    // There is no time to take everything back here.
    if (!(error instanceof Stopped)) throw error;
    await run.store.queue.giveBack(run.id, run.owner);
    return undefined;
  }
}

/** Why this deployment must be rolled back instead of resumed; undefined if it may resume. */
function interruption(run: Run): string | undefined {
  if (run.rollback !== undefined) return run.rollback.reason;
  if (deathsOf(run) >= MAX_ATTEMPTS) return `${deathsOf(run)} runners died of it, the last one ${lastPlace(run)}`;
  return diedTooLate(run);
}

/** How many runners died of it. A runner that was stopped in order did not die of its deployment. */
function deathsOf({ attempt, stops }: Run): number {
  return attempt - 1 - stops;
}

async function endInterrupted(run: Run, interrupted: string): Promise<Outcome | undefined> {
  if (run.rollback === undefined && !hasActed(run)) {
    return await settle(run, {
      outcome: "failed",
      reason: interrupted,
      hint: "What does this deployment do that takes its runner with it: memory, or a command that kills its parent? Its log may say.",
    });
  }
  if (deathsOf(run) >= MAX_ROLLBACK_ATTEMPTS) {
    // Taking it back kills runners as well: nobody knows what it would kill next.
    return await settle(run, {
      outcome: "rollback_failed",
      reason: `${interrupted}; ${deathsOf(run)} runners died of it, and taking it back never ended`,
      hint: LOOK_AT_IT,
      isBadRevision: true,
    });
  }
  const isGivenUp = deathsOf(run) >= MAX_ATTEMPTS;
  // Runners die for many reasons: the revision is blamed only for the death of many.
  const { isBadRevision = false, passes = true } = run.rollback ?? {};
  return await takeBack(run, new StepFailed(interrupted), {
    isBadRevision: isGivenUp || isBadRevision,
    passes: !isGivenUp && passes,
  });
}

/** Whether something was begun that can be taken back. */
function hasActed({ steps, journal }: Run): boolean {
  return steps.some((step) => step.undo !== undefined && journal.isStarted(step));
}

function lastPlace({ steps, journal }: Run): string {
  const last = steps.findLast((step) => journal.isStarted(step));
  return last === undefined ? "before its first step" : `in ${last.phase} (${last.name})`;
}

async function runSteps(run: Run): Promise<void> {
  const { id, owner, steps, store, journal, clock: hostClock, contextFor, redact, stopping } = run;
  const { signal: outside, phaseTimeouts, awayMs } = run;
  using clock = startPhaseClock(phaseTimeouts, awayMs);
  for (const [index, step] of steps.entries()) {
    if (journal.isFinished(step)) continue;
    const signal = AbortSignal.any([outside, clock.enter(step.phase)]);
    signal.throwIfAborted();
    const progress = Math.floor((100 * index) / steps.length);
    await store.deployments.enterPhase(id, owner, { phase: step.phase, progress, metadata: { step: step.name } });
    await journal.start(step);
    try {
      await step.run(contextFor(step, signal, index, steps.length));
      // A step that ignores the signal must not be taken for a success.
      signal.throwIfAborted();
    } catch (error) {
      if (!(error instanceof Skipped)) await heardStop(hostClock);
      // The step did not fail: on record it stays begun, as if its runner had been killed.
      if (stopping.aborted) throw new Stopped();
      const cause: unknown = signal.aborted ? signal.reason : error;
      // A step that found nothing to do is finished together with its deployment, so that no later runner goes on behind it.
      if (!(cause instanceof Skipped || error instanceof LeaseLost)) {
        const metadata = { step: step.name, ...errorFacts(cause, redact) };
        await unlessAway(run, store.deployments.enterPhase(id, owner, { phase: step.phase, progress, metadata }));
        await journal.fail(step, error);
      }
      throw cause;
    }
    await journal.finish(step);
  }
}

/** The crash table: a runner that died after the host began to change is not continued but taken back. */
function diedTooLate({ steps, journal, wasStopped }: Run): string | undefined {
  const last = steps.findLast((step) => journal.isStarted(step));
  if (last === undefined) return undefined;
  const policy = PHASES.find(({ name }) => name === last.phase)?.onCrash;
  return policy === "roll back"
    ? `the runner ${wasStopped ? "was stopped" : "died"} in ${last.phase} (${last.name})`
    : undefined;
}

async function endEarly(run: Run, error: unknown): Promise<Outcome | undefined> {
  if (error instanceof LeaseLost || error instanceof Stopped) throw error;
  if (error instanceof Skipped) {
    const { message: reason, instead, isDone } = error;
    return await settle(run, { outcome: "skipped", reason, hint: "", ...(isDone ? {} : { bringsBack: { instead } }) });
  }
  const isLeft = error instanceof StepFailed && error.leavesAsIs;
  const acted = hasActed(run);
  if (isLeft || !acted || !run.automaticRollback) return await endWithoutRollback(run, error, { acted, isLeft });
  // Only what the revision itself did is held against it: not a cancellation, nor a machine without systemctl.
  const isBadRevision = (error instanceof StepFailed || error instanceof OutOfTime) && !mayPass(error);
  return await takeBack(run, error, { isBadRevision, passes: mayPass(error) });
}

/** By the crash table: only what is in doubt is taken back at once. Anything else goes on when the store is back. */
async function endAway(run: Run, error: StoreAway): Promise<Outcome | undefined> {
  if (diedTooLate(run) === undefined || !run.automaticRollback) throw error;
  return await takeBack(run, error, { isBadRevision: false, passes: true });
}

/** @param isLeft whether the step that failed leaves what works. */
async function endWithoutRollback(
  run: Run,
  error: unknown,
  { acted, isLeft }: { readonly acted: boolean; readonly isLeft: boolean },
): Promise<Outcome | undefined> {
  const reason =
    acted && !isLeft ? `${messageOf(error)}; rollback.automatic is off: the host was left as it is` : messageOf(error);
  return await settle(run, {
    outcome: error instanceof Cancelled ? "cancelled" : "failed",
    reason,
    hint: hintOf(error),
    // A host that was left as it is waits for a person.
    ...(acted ? {} : retryFor(run, mayPass(error), reason)),
    // It came so far only with its code live.
    ...(isLeft ? { isLive: true, releasePath: run.releasePath } : {}),
  });
}

/** The revision is held if it is to blame; the deployment is queued again if what made it fail may pass. */
interface Blame {
  readonly isBadRevision: boolean;
  readonly passes: boolean;
}

async function takeBack(run: Run, error: unknown, { isBadRevision, passes }: Blame): Promise<Outcome | undefined> {
  const reason = messageOf(error);
  // The reason may quote what a step printed.
  const cause = {
    reason: run.redact(reason),
    mayPass: passes,
    isBad: isBadRevision,
    ...(error instanceof Cancelled ? { by: error.by } : {}),
  };
  await run.local?.beginRollback(cause);
  await unlessAway(run, run.store.deployments.beginRollback(run.id, run.owner, cause));
  const problems = await rollBack(run);
  const hint = hintOf(error);
  if (problems.length === 0) {
    return await settle(run, {
      outcome: "rolled_back",
      reason,
      hint,
      isBadRevision,
      ...retryFor(run, passes, reason),
    });
  }
  return await settle(run, {
    outcome: "rollback_failed",
    reason: `${reason}; and taking it back failed: ${problems.map(({ message }) => message).join("; ")}`,
    hint: [...new Set([hint, ...problems.map((problem) => problem.hint), LOOK_AT_IT])].filter(Boolean).join("\n"),
    isBadRevision,
  });
}

function retryFor(
  { retries, redact }: Run,
  passes: boolean,
  because: string,
): Pick<Parameters<Store["deployments"]["settle"]>[2], "retry"> {
  return passes ? { retry: { limit: retries, because: redact(because) } } : {};
}

type Settlement = Parameters<Store["deployments"]["settle"]>[2];

/** Undefined if the store is away: the next runner records the end. */
async function settle(run: Run, settlement: Settlement): Promise<Outcome | undefined> {
  const { outcome } = settlement;
  const reason = run.redact(settlement.reason);
  run.output.add("fraisier", "fraisier", reason === "" ? outcome : `${outcome}: ${reason}`);
  if (outcome === "failed" || outcome === "rolled_back" || outcome === "rollback_failed")
    await run.onFailure(outcome, reason);
  const redacted = { ...settlement, reason, hint: run.redact(settlement.hint) };
  await run.local?.settle(redacted);
  return await record(run, redacted);
}

/** Writes down how it ended, behind everything that the store does not have yet. @throws StoreAway */
async function record(run: Run, settlement: Settlement): Promise<Outcome> {
  const { id, owner, store, output, local } = run;
  // Whole before the outcome: who sees that it has ended sees how, and no power cut takes the end of the log.
  await output.close();
  await local?.catchUp();
  if (local?.rollback !== undefined) await store.deployments.beginRollback(id, owner, local.rollback);
  await store.deployments.settle(id, owner, settlement);
  await local?.remove();
  return settlement.outcome;
}

function hintOf(error: unknown): string {
  if (!(error instanceof FraisierError)) return "";
  if (!(error instanceof HostUnavailable)) return error.hint ?? "";
  return [error.hint ?? "", NOT_ITS_FAULT].filter(Boolean).join("\n");
}
