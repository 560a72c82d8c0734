import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openApp } from "../../app.ts";
import { commandEnvironment } from "../../config/command-environment.ts";
import type { Config, Target } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Host } from "../../host/host.ts";
import { managedOf } from "../../service-managers/index.ts";
import type { Store } from "../../store/store.ts";
import { findDrift } from "../../sweep/find-drift.ts";
import { checkStyle } from "../check-table.ts";
import type { Invocation } from "../command-entry.ts";
import { nextRuns } from "../next-runs.ts";
import { isRunning } from "../start-deployment.ts";
import { harmless } from "../print.ts";
import type { Print } from "../print.ts";
import { targetFilter } from "../target-filter.ts";

/** A service manager that does not answer must not keep a person waiting. */
const HOST_MS = 3_000;

type Verification = Awaited<ReturnType<Store["verificationStatus"]>>[number];
type Row = Awaited<ReturnType<Store["targetStatus"]>>[number];

export async function run({ args, options, print }: Invocation): Promise<number> {
  const { config, store, host } = await openApp(options.config);
  const filter = targetFilter(args);
  const known = new Map((await store.targetStatus(filter)).map((row) => [targetName(row), row]));
  const verified = new Map((await store.verificationStatus(filter)).map((row) => [targetName(row), row]));
  const configured = config.targets.filter((target) => isWanted(target, filter));
  const names = [...new Set([...configured.map(targetName), ...known.keys()])].toSorted();
  const daemons = await store.daemons();
  await store.close();
  if (names.length === 0 && args.length > 0) {
    throw new UsageError(`${config.file} has no ${args.join("/")}`, {
      hint: `It has ${config.targets.map(targetName).join(", ") || "no fraise at all"}.`,
    });
  }
  await Promise.all(configured.map((target) => lookAtHost(target, known, host, config)));
  const timers = await nextRuns(configured);
  if (print.isJson) {
    print.json({
      targets: names.map((target) => ({
        target,
        configured: configured.some((each) => targetName(each) === target),
        ...known.get(target),
        ...(timers.has(target)
          ? { next_run: timers.get(target)?.next ?? null, timer: timers.get(target)?.description ?? null }
          : {}),
        verification: verified.get(target) ?? null,
      })),
    });
    return 0;
  }
  if (names.length === 0) print.line(`${config.file} has no fraise.`);
  else
    print.table(
      ["TARGET", "RUNS", "SINCE", "NOW", "LAST", ...(timers.size === 0 ? [] : ["NEXT RUN"])],
      names.map((name) => [
        ...cells(name, known.get(name), verified.get(name), print, config.deployment.stuck_after),
        ...(timers.size === 0 ? [] : [timers.has(name) ? nextRun(timers.get(name), print) : ""]),
      ]),
    );
  const since = daemons.filter(isRunning).map(({ started_at: at }) => Date.parse(at));
  if (since.some((at) => at < statSync(config.file).mtimeMs))
    print.line(
      print.style("yellow", `${config.file} was changed since the daemon started: restart it to take that up.`),
    );
  return 0;
}

/** What the host does now, where it runs here and answers soon; else what the daemon saw last. */
async function lookAtHost(target: Target, known: Map<string, Row>, host: Host, config: Config): Promise<void> {
  const row = known.get(targetName(target));
  if (row === undefined || row.revision === null || row.running_id !== null) return;
  const managed = managedOf(target.settings, host, commandEnvironment(config, process.env));
  const recorded = { revision: row.revision, release: row.active_release };
  const late = new AbortController();
  const seen = await Promise.race([
    findDrift(target, recorded, host, managed),
    sleep(HOST_MS, undefined, { signal: late.signal, ref: false }).catch(() => undefined),
  ]);
  late.abort();
  if (seen !== undefined) known.set(targetName(target), { ...row, drift: seen.join("; ") });
}

function isWanted(target: TargetKey, filter: Partial<TargetKey>): boolean {
  return (
    (filter.fraise === undefined || filter.fraise === target.fraise) &&
    (filter.environment === undefined || filter.environment === target.environment)
  );
}

function cells(
  name: string,
  row: Row | undefined,
  verification: Verification | undefined,
  print: Print,
  stuckAfter: number,
): readonly string[] {
  if (row === undefined) return [name, "-", "-", print.style("dim", "never deployed"), ""];
  const runs =
    row.revision === null ? "-" : [short(row.revision), row.active_ref_name].filter((part) => part !== null).join(" ");
  const last =
    row.last_status === null
      ? ""
      : `${row.last_status}${lastReason(row) === "" ? "" : `: ${harmless(lastReason(row))}`}`;
  return [name, harmless(runs), print.time(row.active_since), now(row, verification, print, stuckAfter), last];
}

function nextRun(
  timer: { readonly next: string | undefined; readonly description: string } | undefined,
  print: Print,
): string {
  // No systemd here, or not this one's.
  if (timer === undefined) return "-";
  return timer.next === undefined ? print.style("yellow", timer.description) : print.time(timer.next);
}

/** Not said twice in one line: a hold names what it came from. */
function lastReason({ last_reason: reason, hold_reason: hold }: Row): string {
  return reason === null || (hold ?? "").includes(reason) ? "" : reason;
}

/** What is going on, in a few words: the most urgent first. */
function now(row: Row, verification: Verification | undefined, print: Print, stuckAfter: number): string {
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
