import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import { short } from "../../domain/decision.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "./print.ts";
import { targetNow } from "./target-now.ts";

/** A line for each target. */
export function statusTable(targets: readonly TargetStatus[], print: Print): void {
  const { row, end } = growingStatus(targets, print);
  for (const target of targets) row(target);
  end();
}

/** A table of targets whose lines come one after the other. @param foreseen the same targets as they are on record, which the widths are for */
export function growingStatus(
  foreseen: readonly TargetStatus[],
  print: Print,
): { row(target: TargetStatus): void; end(): void } {
  const hasJobs = foreseen.some(isJob);
  const hasHosts = foreseen.some(({ host }) => host !== undefined);
  const cells = (status: TargetStatus): readonly string[] => [
    status.target,
    ...(hasHosts ? [harmless(status.host ?? "") || "-"] : []),
    ...whatRuns(status, print),
    ...(hasJobs ? [nextRun(status, print)] : []),
    targetNow(status, print),
    lastEnd(status),
  ];
  const table = print.growingTable(
    [
      "TARGET",
      ...(hasHosts ? ["HOST"] : []),
      { title: "RUNS", leaves: 2 },
      { title: "SINCE", leaves: 1 },
      ...(hasJobs ? ["NEXT RUN"] : []),
      { title: "NOW", isSentence: true },
      "LAST",
    ],
    foreseen.map(cells),
  );
  return { row: (target) => table.row(cells(target)), end: () => table.end() };
}

/** Lines with the commands that help, and with the runs of jobs that failed. */
export function targetNotes(targets: readonly TargetStatus[], print: Print): readonly string[] {
  return [
    ...targets.flatMap((status) => [
      ...(status.advice === null ? [] : [harmless(`${status.target}: ${status.advice}`)]),
      ...unrestoredNote(status),
    ]),
    ...targets.flatMap(({ target, last_run: last }) => {
      if (last === undefined || last === null || last.result === "success") return [];
      const how = `${target}: the job's last run failed at ${print.time(last.at)}: ${last.result}, ${last.exit_code}`;
      return [print.style("yellow", harmless(how))];
    }),
  ];
}

/** A sentence for each part of the code that runs outside of its sandbox. Targets that have the same one share it. */
export function sandboxNotes(targets: readonly TargetStatus[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { target, sandbox_gaps: gaps } of targets) {
    for (const { problem, hint } of gaps ?? []) {
      const note = `not in a sandbox: ${problem}. ${hint}`;
      names.set(note, [...(names.get(note) ?? []), target]);
    }
  }
  return [...names].map(([note, sharing]) => `${sharing.join(", ")}: ${note}`);
}

function unrestoredNote({ target, unrestored_id: id, last_id: last }: TargetStatus): readonly string[] {
  if (id === undefined || id === null || id === last) return [];
  return [
    `${target}: fraisier show ${id} says what could not be taken back. The next deployment that succeeds ends this.`,
  ];
}

function whatRuns(status: TargetStatus, print: Print): readonly string[] {
  const { revision, code, active_ref_name: ref, active_since: since } = status;
  if (revision === undefined || revision === null) return ["-", print.time(since)];
  // Borrowed code is the code that its lender runs, whatever revision this target was deployed at.
  if (code !== undefined && code.revision !== revision)
    return [`${code.revision === null ? "nothing" : short(code.revision)} of ${code.name}`, "-"];
  const runs = ref === undefined || ref === null ? short(revision) : `${short(revision)} ${ref}`;
  return [harmless(runs), print.time(since)];
}

function lastEnd({ last_status: status, last_reason: reason, hold_reason: hold }: TargetStatus): string {
  if (status === undefined || status === null) return "";
  // A hold names its cause already, so the line does not repeat it.
  const isTold = (hold ?? "").includes(reason ?? "");
  return isTold || (reason ?? "") === "" ? status : `${status}: ${harmless(reason ?? "")}`;
}

function isJob({ timer }: TargetStatus): boolean {
  return timer !== undefined;
}

function nextRun({ timer, next_run: next }: TargetStatus, print: Print): string {
  if (timer === undefined) return "";
  // systemd does not run here, or the unit belongs to another one.
  if (timer === null) return "-";
  return next === undefined || next === null ? print.style("yellow", timer) : print.time(next);
}
