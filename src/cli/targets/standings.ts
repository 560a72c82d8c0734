import { short } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Lock } from "../../domain/lock.ts";
import type { LastRun } from "../../service-managers/last-runs.ts";
import type { Store } from "../../store/store.ts";
import type { Gaps } from "../machine/sandbox-notes.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import type { TargetRow } from "./known-targets.ts";
import type { JobRuns } from "./next-runs.ts";
import { targetNow } from "./target-now.ts";

/** Everything that `fraisier status` says about one target. */
export interface Standing {
  readonly name: string;
  readonly key: TargetKey;
  /** Undefined if nothing was ever deployed. */
  readonly row: TargetRow | undefined;
  readonly verification: Awaited<ReturnType<Store["verificationStatus"]>>[number] | undefined;
  /** The locks that cover the target. */
  readonly locks: readonly Lock[];
  readonly isConfigured: boolean;
  /** When its job runs; undefined for a target that is no job. */
  readonly runs: JobRuns | undefined;
  readonly advice: string | undefined;
  readonly gaps: NonNullable<ReturnType<Gaps["get"]>>;
}

/** A target as `status --json` shows it. */
export function standingFacts({ name, row, verification, locks, isConfigured, runs, advice, gaps }: Standing) {
  const job =
    runs === undefined
      ? {}
      : {
          next_run: runs.timer?.next ?? null,
          timer: runs.timer?.description ?? null,
          last_run: lastRun(runs, row) ?? null,
        };
  return {
    target: name,
    configured: isConfigured,
    ...row,
    ...job,
    verification: verification ?? null,
    locks,
    advice: advice ?? null,
    sandbox_gaps: gaps,
  };
}

/** A line for each target. */
export function standingTable(standings: readonly Standing[], stuckAfter: number, print: Print): void {
  const hasJobs = standings.some(({ runs }) => runs !== undefined);
  print.table(
    ["TARGET", "RUNS", "SINCE", "NOW", "LAST", ...(hasJobs ? ["NEXT RUN"] : [])],
    standings.map((standing) => [
      ...whatRuns(standing, print),
      targetNow(standing, print, stuckAfter),
      lastEnd(standing.row),
      ...(hasJobs ? [nextRun(standing.runs, print)] : []),
    ]),
  );
}

/** Lines with the commands that help, and with the runs of jobs that failed. */
export function standingNotes(standings: readonly Standing[], print: Print): readonly string[] {
  return [
    ...standings.flatMap(({ name, row, advice }) => [
      ...(advice === undefined ? [] : [harmless(`${name}: ${advice}`)]),
      ...unrestoredNote(name, row),
    ]),
    ...standings.flatMap(({ name, row, runs }) => {
      const last = runs === undefined ? undefined : lastRun(runs, row);
      if (last === undefined || last.result === "success") return [];
      const how = `${name}: the job's last run failed at ${print.time(last.at)}: ${last.result}, ${last.exit_code}`;
      return [print.style("yellow", harmless(how))];
    }),
  ];
}

function unrestoredNote(name: string, row: TargetRow | undefined): readonly string[] {
  if (row === undefined || row.unrestored_id === null || row.unrestored_id === row.last_id) return [];
  return [
    `${name}: fraisier show ${row.unrestored_id} says what could not be taken back. The next deployment that succeeds ends this.`,
  ];
}

function whatRuns({ name, row }: Standing, print: Print): readonly string[] {
  if (row === undefined || row.revision === null) return [name, "-", print.time(row?.active_since)];
  // Borrowed code is the code that its lender runs, whatever revision this target was deployed at.
  if (row.code !== undefined && row.code.revision !== row.revision) {
    const revision = row.code.revision === undefined ? "nothing" : short(row.code.revision);
    return [name, `${revision} of ${row.code.name}`, "-"];
  }
  const runs = [short(row.revision), row.active_ref_name].filter((part) => part !== null).join(" ");
  return [name, harmless(runs), print.time(row.active_since)];
}

/** systemd forgets with a reboot how a job ended, and the daemon has written it down. */
function lastRun({ last }: JobRuns, row: TargetRow | undefined): LastRun | undefined {
  if (last !== undefined) return last;
  if (row === undefined || row.last_run_at === null) return undefined;
  return { result: row.last_run_result ?? "", exit_code: row.last_run_exit_code ?? 0, at: row.last_run_at };
}

function lastEnd(row: TargetRow | undefined): string {
  if (row === undefined || row.last_status === null) return "";
  const reason = lastReason(row);
  return `${row.last_status}${reason === "" ? "" : `: ${harmless(reason)}`}`;
}

/** A hold names its cause already, so the line does not repeat it. */
function lastReason({ last_reason: reason, hold_reason: hold }: TargetRow): string {
  return reason === null || (hold ?? "").includes(reason) ? "" : reason;
}

function nextRun(runs: JobRuns | undefined, print: Print): string {
  if (runs === undefined) return "";
  // systemd does not run here, or the unit belongs to another one.
  if (runs.timer === undefined) return "-";
  return runs.timer.next === undefined ? print.style("yellow", runs.timer.description) : print.time(runs.timer.next);
}
