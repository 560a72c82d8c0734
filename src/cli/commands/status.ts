import { statSync } from "node:fs";
import { openApp } from "../../app.ts";
import type { Target } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Store } from "../../store/store.ts";
import type { Invocation } from "../command-entry.ts";
import { lookAtHost } from "../look-at-host.ts";
import { nextRuns } from "../next-runs.ts";
import { isRunning } from "../start-deployment.ts";
import { harmless } from "../print.ts";
import type { Print } from "../print.ts";
import { targetFilter } from "../target-filter.ts";
import { targetNow } from "../target-now.ts";

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
  await Promise.all(
    configured.map(async (target) => {
      const row = known.get(targetName(target));
      if (row !== undefined) known.set(targetName(target), await lookAtHost(target, row, host, config));
    }),
  );
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
  return [name, harmless(runs), print.time(row.active_since), targetNow(row, verification, print, stuckAfter), last];
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
