import { short } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Lock } from "../../domain/lock.ts";
import type { TargetState } from "../../domain/target-state.ts";
import type { VerificationRun } from "../../store/reads/verification-status.ts";
import { checkStyle } from "../print/check-table.ts";
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

/** The state of a target in a few words: the most urgent fact first, then who locked it, and whether it is still wanted. */
export function targetNow(
  { key, row, verification, locks, isConfigured }: Standing,
  print: Print,
  stuckAfter: number,
): string {
  const state =
    row === undefined ? print.style("dim", "never deployed") : stateOf(row, verification, print, stuckAfter);
  // A deployment that waits for a lock says so itself.
  const waits = row !== undefined && row.running === undefined && row.waiting?.heldBecause !== undefined;
  const unknown = row?.unknown ?? "";
  const notes = [
    ...(unknown === "" ? [] : [`not known: ${unknown}`]),
    ...(waits ? [] : locks.map((lock) => lockNote(lock, key))),
    ...(isConfigured ? [] : ["no longer in fraises.yaml"]),
  ];
  return [state, ...notes.map((note) => print.style("yellow", harmless(note)))].join(", ");
}

function stateOf(row: Row, verification: VerificationRun | undefined, print: Print, stuckAfter: number): string {
  if (row.running !== undefined) {
    const waiting = row.waiting === undefined ? "" : `, ${short(row.waiting.revision)} waits`;
    if (row.running.heldBecause !== undefined)
      return print.style("red", harmless(`${short(row.running.revision)} waits: ${row.running.heldBecause}`));
    const stuck = stuckFor(row.running.phaseChangedAt, stuckAfter);
    if (stuck !== undefined) return print.style("red", `stuck: ${row.running.phase} for ${stuck}${waiting}`);
    const verb = row.running.status === "rolling_back" ? "rolling back" : "deploying";
    return print.style(
      "cyan",
      `${verb} ${short(row.running.revision)}: ${row.running.phase} ${row.running.progress} %${waiting}`,
    );
  }
  if (row.waiting !== undefined) {
    const waitsFor = row.waiting.heldBecause;
    if (waitsFor !== undefined)
      return print.style("yellow", harmless(`${short(row.waiting.revision)} waits: ${waitsFor}`));
    return print.style("cyan", `${short(row.waiting.revision)} waits`);
  }
  if (row.unrestored !== undefined)
    return print.style(
      "red",
      `not known for certain: deployment ${row.unrestored.id} of ${short(row.unrestored.revision)} could not be taken back`,
    );
  if (row.drift !== "") return print.style("red", harmless(`drift: ${row.drift}`));
  if (row.hold !== undefined) return print.style("yellow", harmless(`on hold: ${row.hold.reason}`));
  // A verification of another revision says nothing about the running one.
  if (verification !== undefined && verification.status !== "passed" && verification.revision === row.revision) {
    const { status, checks, failed, warned } = verification;
    return checkStyle(print, status, `active, ${failed + warned} of ${checks} checks ${status}`);
  }
  return row.revision === undefined ? print.style("dim", "never deployed") : print.style("green", "active");
}
