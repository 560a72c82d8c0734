import { short } from "../domain/decision.ts";
import type { Store } from "../store/store.ts";
import { checkStyle } from "./check-table.ts";
import { harmless } from "./print.ts";
import type { Print } from "./print.ts";

type Verification = Awaited<ReturnType<Store["verificationStatus"]>>[number];
type Row = Awaited<ReturnType<Store["targetStatus"]>>[number];

/** What is going on with a target, in a few words: the most urgent first. */
export function targetNow(row: Row, verification: Verification | undefined, print: Print, stuckAfter: number): string {
  if (row.running_id !== null) {
    const waiting = row.waiting_revision === null ? "" : `, ${short(row.waiting_revision)} waits`;
    const stillMs = Date.now() - Date.parse(row.running_phase_changed_at ?? "");
    if (stillMs > stuckAfter) {
      return print.style("red", `stuck: ${row.running_phase} for ${Math.round(stillMs / 60_000)} min${waiting}`);
    }
    const verb = row.running_status === "rolling_back" ? "rolling back" : "deploying";
    return print.style(
      "cyan",
      `${verb} ${short(row.running_revision ?? "")}: ${row.running_phase} ${row.running_progress} %${waiting}`,
    );
  }
  if (row.waiting_revision !== null) {
    const held = row.waiting_held_because;
    if (held !== null) return print.style("yellow", harmless(`${short(row.waiting_revision)} held because ${held}`));
    return print.style("cyan", `${short(row.waiting_revision)} waits`);
  }
  if (row.drift !== "") return print.style("red", harmless(`drift: ${row.drift}`));
  if (row.hold_reason !== null) return print.style("yellow", harmless(`on hold: ${row.hold_reason}`));
  // Of another revision it tells nothing of this one.
  if (verification !== undefined && verification.status !== "passed" && verification.revision === row.revision) {
    const { status, checks, failed, warned } = verification;
    return checkStyle(print, status, `active, ${failed + warned} of ${checks} checks ${status}`);
  }
  return row.revision === null ? print.style("dim", "never deployed") : print.style("green", "active");
}
