import { short } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Lock } from "../../domain/lock.ts";
import type { Store } from "../../store/store.ts";
import { checkStyle } from "../print/check-table.ts";
import type { Looked } from "./look-at-host.ts";
import { lockNote } from "./lock-note.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { stuckFor } from "./stuck-for.ts";

type Verification = Awaited<ReturnType<Store["verificationStatus"]>>[number];
type Row = Awaited<ReturnType<Store["targetStatus"]>>[number] & Partial<Looked>;

interface Standing {
  readonly key: TargetKey;
  /** Undefined if nothing was ever deployed. */
  readonly row: Row | undefined;
  readonly verification: Verification | undefined;
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
  const waits = row !== undefined && row.running_id === null && row.waiting_held_because !== null;
  const unknown = row?.unknown ?? "";
  const notes = [
    ...(unknown === "" ? [] : [`not known: ${unknown}`]),
    ...(waits ? [] : locks.map((lock) => lockNote(lock, key))),
    ...(isConfigured ? [] : ["no longer in fraises.yaml"]),
  ];
  return [state, ...notes.map((note) => print.style("yellow", harmless(note)))].join(", ");
}

function stateOf(row: Row, verification: Verification | undefined, print: Print, stuckAfter: number): string {
  if (row.running_id !== null) {
    const waiting = row.waiting_revision === null ? "" : `, ${short(row.waiting_revision)} waits`;
    if (row.running_held_because !== null)
      return print.style("red", harmless(`${short(row.running_revision ?? "")} waits: ${row.running_held_because}`));
    const stuck = stuckFor(row.running_phase_changed_at, stuckAfter);
    if (stuck !== undefined) return print.style("red", `stuck: ${row.running_phase} for ${stuck}${waiting}`);
    const verb = row.running_status === "rolling_back" ? "rolling back" : "deploying";
    return print.style(
      "cyan",
      `${verb} ${short(row.running_revision ?? "")}: ${row.running_phase} ${row.running_progress} %${waiting}`,
    );
  }
  if (row.waiting_revision !== null) {
    const waitsFor = row.waiting_held_because;
    if (waitsFor !== null) return print.style("yellow", harmless(`${short(row.waiting_revision)} waits: ${waitsFor}`));
    return print.style("cyan", `${short(row.waiting_revision)} waits`);
  }
  if (row.unrestored_id !== null)
    return print.style(
      "red",
      `not known for certain: deployment ${row.unrestored_id} of ${short(row.unrestored_revision ?? "")} could not be taken back`,
    );
  if (row.drift !== "") return print.style("red", harmless(`drift: ${row.drift}`));
  if (row.hold_reason !== null) return print.style("yellow", harmless(`on hold: ${row.hold_reason}`));
  // A verification of another revision says nothing about the running one.
  if (verification !== undefined && verification.status !== "passed" && verification.revision === row.revision) {
    const { status, checks, failed, warned } = verification;
    return checkStyle(print, status, `active, ${failed + warned} of ${checks} checks ${status}`);
  }
  return row.revision === null ? print.style("dim", "never deployed") : print.style("green", "active");
}
