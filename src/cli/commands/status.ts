import { openApp } from "../../app.ts";
import { short } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { covers } from "../../domain/lock.ts";
import { livingLocks } from "../../queue/living-locks.ts";
import type { LastRun } from "../../service-managers/last-runs.ts";
import type { Store } from "../../store/store.ts";
import type { Invocation } from "../command-entry.ts";
import { lookAtHost } from "../targets/look-at-host.ts";
import type { Looked } from "../targets/look-at-host.ts";
import { nextRuns } from "../targets/next-runs.ts";
import type { JobRuns } from "../targets/next-runs.ts";
import { livingDaemon } from "../daemon/living-daemon.ts";
import { daemonNotes, daemonView } from "../daemon/daemon-notes.ts";
import { NO_FRAISES } from "../targets/no-fraises.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { gapsOf, sandboxNotes } from "../machine/sandbox-notes.ts";
import { deploymentAdvice } from "../stories/deployment-advice.ts";
import { targetFilter } from "../targets/target-filter.ts";
import { targetNow } from "../targets/target-now.ts";

type Row = Awaited<ReturnType<Store["targetStatus"]>>[number] & Partial<Looked>;

export async function run({ args, options, print }: Invocation): Promise<number> {
  const app = await openApp(options.config);
  const { config, store } = app;
  const filter = targetFilter(args);
  const known = new Map((await store.targetStatus(filter)).map((row): [string, Row] => [targetName(row), row]));
  const verified = new Map((await store.verificationStatus(filter)).map((row) => [targetName(row), row]));
  const configured = config.targets.filter((target) => isWanted(target, filter));
  const all = [...known.values(), ...configured].map((key): [string, TargetKey] => [targetName(key), key]);
  const keys = new Map(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const advice = new Map<string, string>();
  for (const row of known.values()) {
    if (row.last_id === null || !NEEDS_HELP.has(row.last_status ?? "")) continue;
    const last = (await store.deploymentDetail(row.last_id))?.deployment;
    const says = last === undefined ? undefined : deploymentAdvice(last, row);
    if (says !== undefined) advice.set(targetName(row), says);
  }
  const held = await livingLocks(store);
  const daemon = await livingDaemon(store);
  if (keys.size === 0 && args.length > 0) {
    await store.close();
    throw new UsageError(`${config.file} has no ${args.join("/")}`, {
      hint: `It has ${config.targets.map(targetName).join(", ") || "no fraise at all"}.`,
    });
  }
  await Promise.all(
    configured.map(async (target) => {
      const row = known.get(targetName(target));
      if (row === undefined) return;
      const looked = await lookAtHost(target, row, app);
      known.set(targetName(target), looked);
      const says = borrowedAdvice(looked);
      if (says !== undefined) advice.set(targetName(target), says);
    }),
  );
  await store.close();
  const timers = await nextRuns(configured);
  const gaps = await gapsOf(configured, app.host);
  const standings = [...keys].map(([name, key]) => ({
    name,
    key,
    row: known.get(name),
    verification: verified.get(name),
    locks: held.filter((lock) => covers(lock, key)),
    isConfigured: configured.some((each) => targetName(each) === name),
  }));
  if (print.isJson) {
    print.json({
      targets: standings.map(({ name, row, verification, locks, isConfigured }) => ({
        target: name,
        configured: isConfigured,
        ...row,
        ...(timers.has(name)
          ? {
              next_run: timers.get(name)?.timer?.next ?? null,
              timer: timers.get(name)?.timer?.description ?? null,
              last_run: lastRun(timers.get(name), row) ?? null,
            }
          : {}),
        verification: verification ?? null,
        locks,
        advice: advice.get(name) ?? null,
        sandbox_gaps: gaps.get(name) ?? [],
      })),
      daemon: daemonView(daemon, config, store),
    });
    return 0;
  }
  if (keys.size === 0) print.line(NO_FRAISES);
  else
    print.table(
      ["TARGET", "RUNS", "SINCE", "NOW", "LAST", ...(timers.size === 0 ? [] : ["NEXT RUN"])],
      standings.map((standing) => [
        ...whatRuns(standing.name, standing.row, print),
        targetNow(standing, print, config.deployment.stuck_after),
        lastEnd(standing.row),
        ...(timers.size === 0
          ? []
          : [timers.has(standing.name) ? nextRun(timers.get(standing.name)?.timer, print) : ""]),
      ]),
    );
  for (const { name, row } of standings) {
    const says = advice.get(name);
    if (says !== undefined) print.line(harmless(`${name}: ${says}`));
    if (row !== undefined && row.unrestored_id !== null && row.unrestored_id !== row.last_id)
      print.line(
        `${name}: fraisier show ${row.unrestored_id} says what could not be taken back. The next deployment that succeeds ends this.`,
      );
  }
  for (const [name, runs] of timers) {
    const last = lastRun(runs, known.get(name));
    if (last === undefined || last.result === "success") continue;
    const how = `${name}: the job's last run failed at ${print.time(last.at)}: ${last.result}, ${last.exit_code}`;
    print.line(print.style("yellow", harmless(how)));
  }
  for (const note of sandboxNotes(gaps)) print.line(print.style("yellow", harmless(note)));
  for (const note of daemonNotes(daemon, config, store)) print.line(print.style("yellow", harmless(note)));
  return 0;
}

/** The newest deployment of a target ended in this way: its row says what to do. */
const NEEDS_HELP: ReadonlySet<string> = new Set(["failed", "rolled_back", "rollback_failed"]);

function isWanted(target: TargetKey, filter: Partial<TargetKey>): boolean {
  return (
    (filter.fraise === undefined || filter.fraise === target.fraise) &&
    (filter.environment === undefined || filter.environment === target.environment)
  );
}

function whatRuns(name: string, row: Row | undefined, print: Print): readonly string[] {
  if (row === undefined || row.revision === null) return [name, "-", print.time(row?.active_since)];
  // Borrowed code is the code that its lender runs, whatever revision this target was deployed at.
  if (row.code !== undefined && row.code.revision !== row.revision)
    return [name, `${shortOrNothing(row.code.revision)} of ${row.code.name}`, "-"];
  const runs = [short(row.revision), row.active_ref_name].filter((part) => part !== null).join(" ");
  return [name, harmless(runs), print.time(row.active_since)];
}

function shortOrNothing(revision: string | undefined): string {
  return revision === undefined ? "nothing" : short(revision);
}

/** How a target with borrowed code that was deployed at another revision gets in step with it; undefined if it is, or if something is on its way. */
function borrowedAdvice({ code, revision, running_id, waiting_id, fraise, environment }: Row): string | undefined {
  if (code?.revision === undefined || revision === null || code.revision === revision) return undefined;
  if (running_id !== null || waiting_id !== null) return undefined;
  return `it reads the code of ${code.name}, and was not deployed with it: fraisier deploy ${fraise} ${environment} --revision ${code.revision}`;
}

/** systemd forgets with a reboot how a job ended, and the daemon has written it down. */
function lastRun(runs: JobRuns | undefined, row: Row | undefined): LastRun | undefined {
  if (runs?.last !== undefined) return runs.last;
  if (row === undefined || row.last_run_at === null) return undefined;
  return { result: row.last_run_result ?? "", exit_code: row.last_run_exit_code ?? 0, at: row.last_run_at };
}

function lastEnd(row: Row | undefined): string {
  if (row === undefined || row.last_status === null) return "";
  return `${row.last_status}${lastReason(row) === "" ? "" : `: ${harmless(lastReason(row))}`}`;
}

function nextRun(
  timer: { readonly next: string | undefined; readonly description: string } | undefined,
  print: Print,
): string {
  // systemd does not run here, or the unit belongs to another one.
  if (timer === undefined) return "-";
  return timer.next === undefined ? print.style("yellow", timer.description) : print.time(timer.next);
}

/** A hold names its cause already, so the line does not repeat it. */
function lastReason({ last_reason: reason, hold_reason: hold }: Row): string {
  return reason === null || (hold ?? "").includes(reason) ? "" : reason;
}
