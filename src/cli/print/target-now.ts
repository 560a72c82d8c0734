import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import { short } from "../../domain/decision.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import { checkStyle } from "./check-table.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "./print.ts";
import { lockName } from "../../domain/lock.ts";

/** The state of a target in a few words: the most urgent fact first, then who locked it, and whether it is still wanted. */
export function targetNow(status: TargetStatus, print: Print): string {
  const { target, locks, configured, unknown = "" } = status;
  // A deployment that waits for a lock says so itself.
  const waits = !isSet(status.running_id) && isSet(status.waiting_held_because);
  const notes = [
    ...(unknown === "" ? [] : [`not known: ${unknown}`]),
    ...(waits ? [] : locks.map((lock) => lockNote(lock, target))),
    ...(configured ? [] : ["no longer in fraises.yaml"]),
  ];
  return [stateOf(status, print), ...notes.map((note) => print.style("yellow", harmless(note)))].join("; ");
}

function stateOf(status: TargetStatus, print: Print): string {
  return (
    runningNow(status, print) ?? waitingNow(status, print) ?? troubleNow(status, print) ?? restingNow(status, print)
  );
}

function runningNow(status: TargetStatus, print: Print): string | undefined {
  const { running_revision: revision, running_held_because: waitsBecause, running_phase: phase } = status;
  if (!isSet(revision)) return undefined;
  if (isSet(waitsBecause)) return print.style("red", harmless(`${short(revision)} waits: ${waitsBecause}`));
  const waiting = isSet(status.waiting_revision) ? `, ${short(status.waiting_revision)} waits` : "";
  const stuck = status.running_stuck_ms;
  if (isSet(stuck)) return print.style("red", `stuck: ${phase} for ${durationInWords(stuck)}${waiting}`);
  const verb = status.running_status === "rolling_back" ? "rolling back" : "deploying";
  return print.style("cyan", `${verb} ${short(revision)}: ${phase} ${status.running_progress} %${waiting}`);
}

function waitingNow(status: TargetStatus, print: Print): string | undefined {
  const { waiting_revision: revision, waiting_held_because: waitsBecause } = status;
  if (!isSet(revision)) return undefined;
  if (isSet(waitsBecause)) return print.style("yellow", harmless(`${short(revision)} waits: ${waitsBecause}`));
  return print.style("cyan", `${short(revision)} waits`);
}

function troubleNow(status: TargetStatus, print: Print): string | undefined {
  const { unrestored_id: id, unrestored_revision: revision, drift = "", hold_reason: hold } = status;
  if (isSet(id) && isSet(revision))
    return print.style("red", `not known for certain: deployment ${id} of ${short(revision)} could not be taken back`);
  if (drift !== "") return print.style("red", harmless(`drift: ${drift}`));
  return isSet(hold) ? print.style("yellow", harmless(`on hold: ${hold}`)) : undefined;
}

function restingNow({ revision, verification }: TargetStatus, print: Print): string {
  // A verification of another revision says nothing about the running one.
  if (verification !== null && verification.status !== "passed" && verification.revision === revision) {
    const { status, checks, failed, warned } = verification;
    return checkStyle(print, status, `active, ${failed + warned} of ${checks} checks ${status}`);
  }
  return isSet(revision) ? print.style("green", "active") : print.style("dim", "never deployed");
}

function isSet<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** `locked by ann: database move`; with the name to unlock where it is on more than this target. */
function lockNote(lock: TargetStatus["locks"][number], target: string): string {
  if (lock.holder !== "") return `taken: ${lock.reason}, by ${lock.locked_by}`;
  const scope = lockName(lock) === target ? "" : ` (${lockName(lock)})`;
  return `locked by ${lock.locked_by}${scope}: ${lock.reason}`;
}
