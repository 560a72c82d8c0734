import { short } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Lock } from "../../domain/lock.ts";
import type { TargetState } from "../../domain/target-state.ts";
import type { VerificationRun } from "../../store/reads/verification-status.ts";
import type { Looked } from "../../answers/targets/look-at-host.ts";
import { lockNote } from "./lock-note.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { stuckFor } from "../../answers/targets/stuck-for.ts";

type Row = TargetState & Partial<Looked>;

interface Standing {
  readonly key: TargetKey;
  /** Undefined if nothing was ever deployed. */
  readonly row: Row | undefined;
  readonly verification: VerificationRun | undefined;
  /** The locks that hold for the target. */
  readonly locks: readonly Lock[];
  readonly isConfigured: boolean;
}

/** A fact about a target, with the colour that says how it is. */
type Fact = readonly [style: "green" | "yellow" | "red" | "cyan" | "dim", text: string];

/** The state of a target in a few words: the most urgent fact first, then who locked it, and whether it is still wanted. */
export function targetNow(
  { key, row, verification, locks, isConfigured }: Standing,
  print: Print,
  stuckAfter: number,
): string {
  // A deployment that waits for a lock says so itself.
  const waits = row !== undefined && row.running === undefined && row.waiting?.heldBecause !== undefined;
  const unknown = row?.unknown ?? "";
  const notes = [
    ...(unknown === "" ? [] : [`not known: ${unknown}`]),
    ...(waits ? [] : locks.map((lock) => lockNote(lock, key))),
    ...(isConfigured ? [] : ["no longer in fraises.yaml"]),
  ];
  const facts = [mostUrgent(row, verification, stuckAfter), ...notes.map((note): Fact => ["yellow", note])];
  return facts.map(([style, text]) => print.style(style, harmless(text))).join(", ");
}

function mostUrgent(row: Row | undefined, verification: VerificationRun | undefined, stuckAfter: number): Fact {
  if (row === undefined) return ["dim", "never deployed"];
  const deploying = runningNow(row, stuckAfter) ?? waitingNow(row);
  const standing: Fact = row.revision === undefined ? ["dim", "never deployed"] : ["green", "active"];
  return deploying ?? troubleOf(row) ?? failedChecks(row, verification) ?? standing;
}

function runningNow({ running, waiting }: Row, stuckAfter: number): Fact | undefined {
  if (running === undefined) return undefined;
  const revision = short(running.revision);
  if (running.heldBecause !== undefined) return ["red", `${revision} waits: ${running.heldBecause}`];
  const next = waiting === undefined ? "" : `, ${short(waiting.revision)} waits`;
  const stuck = stuckFor(running.phaseChangedAt, stuckAfter);
  if (stuck !== undefined) return ["red", `stuck: ${running.phase} for ${stuck}${next}`];
  const verb = running.status === "rolling_back" ? "rolling back" : "deploying";
  return ["cyan", `${verb} ${revision}: ${running.phase} ${running.progress} %${next}`];
}

function waitingNow({ waiting }: Row): Fact | undefined {
  if (waiting === undefined) return undefined;
  const { revision, heldBecause } = waiting;
  return heldBecause === undefined
    ? ["cyan", `${short(revision)} waits`]
    : ["yellow", `${short(revision)} waits: ${heldBecause}`];
}

function troubleOf({ unrestored, drift, hold }: Row): Fact | undefined {
  if (unrestored !== undefined) {
    const { id, revision } = unrestored;
    return ["red", `not known for certain: deployment ${id} of ${short(revision)} could not be taken back`];
  }
  if (drift !== "") return ["red", `drift: ${drift}`];
  return hold === undefined ? undefined : ["yellow", `on hold: ${hold.reason}`];
}

/** The checks of the revision that runs, unless all have passed. A verification of another revision says nothing about the running one. */
function failedChecks({ revision }: Row, verification: VerificationRun | undefined): Fact | undefined {
  if (verification === undefined || verification.status === "passed" || verification.revision !== revision)
    return undefined;
  const { status, checks, failed, warned } = verification;
  return [status === "warned" ? "yellow" : "red", `active, ${failed + warned} of ${checks} checks ${status}`];
}
