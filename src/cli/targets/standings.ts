import { short } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Lock } from "../../domain/lock.ts";
import { stateJson } from "../../domain/target-state.ts";
import type { LastRun } from "../../service-managers/last-runs.ts";
import type { VerificationRun } from "../../store/reads/verification-status.ts";
import type { Gaps } from "../../answers/targets/gaps-of.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import type { TargetRow } from "../../answers/targets/known-targets.ts";
import type { JobRuns } from "../../answers/targets/job-runs.ts";
import { targetNow } from "./target-now.ts";

/** Everything that `fraisier status` says about one target. */
export interface Standing {
  readonly name: string;
  readonly key: TargetKey;
  /** Undefined if nothing was ever deployed. */
  readonly row: TargetRow | undefined;
  readonly verification: VerificationRun | undefined;
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
    ...(row === undefined ? {} : rowFacts(row)),
    ...job,
    verification: verification === undefined ? null : verificationFacts(verification),
    locks,
    advice: advice ?? null,
    sandbox_gaps: gaps,
  };
}

/** A target's state as it is on record, with the state of its host. */
function rowFacts(row: TargetRow) {
  const { code, unknown } = row;
  return {
    ...stateJson(row),
    ...(code === undefined ? {} : { code }),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

function verificationFacts({ deployment, ...run }: VerificationRun) {
  const { fraise, environment, job, id, revision, status, at, checks, failed, warned } = run;
  return {
    fraise,
    environment,
    job,
    id,
    deployment_id: deployment ?? null,
    revision,
    status,
    at,
    checks,
    failed,
    warned,
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
  if (row?.unrestored === undefined || row.unrestored.id === row.last?.id) return [];
  return [
    `${name}: fraisier show ${row.unrestored.id} says what could not be taken back. The next deployment that succeeds ends this.`,
  ];
}

function whatRuns({ name, row }: Standing, print: Print): readonly string[] {
  if (row?.revision === undefined) return [name, "-", print.time(row?.since)];
  // Borrowed code is the code that its lender runs, whatever revision this target was deployed at.
  if (row.code !== undefined && row.code.revision !== row.revision) {
    const revision = row.code.revision === undefined ? "nothing" : short(row.code.revision);
    return [name, `${revision} of ${row.code.name}`, "-"];
  }
  const runs = [short(row.revision), row.ref?.name].filter((part) => part !== undefined).join(" ");
  return [name, harmless(runs), print.time(row.since)];
}

/** systemd forgets with a reboot how a job ended, and the daemon has written it down. */
function lastRun({ last }: JobRuns, row: TargetRow | undefined): LastRun | undefined {
  if (last !== undefined) return last;
  if (row?.lastRun === undefined) return undefined;
  const { result, exitCode, at } = row.lastRun;
  return { result, exit_code: exitCode, at };
}

function lastEnd(row: TargetRow | undefined): string {
  if (row?.last === undefined) return "";
  const reason = lastReason(row);
  return `${row.last.status}${reason === "" ? "" : `: ${harmless(reason)}`}`;
}

/** A hold names its cause already, so the line does not repeat it. */
function lastReason({ last, hold }: TargetRow): string {
  return last === undefined || (hold?.reason ?? "").includes(last.reason) ? "" : last.reason;
}

function nextRun(runs: JobRuns | undefined, print: Print): string {
  if (runs === undefined) return "";
  // systemd does not run here, or the unit belongs to another one.
  if (runs.timer === undefined) return "-";
  return runs.timer.next === undefined ? print.style("yellow", runs.timer.description) : print.time(runs.timer.next);
}
