import type { StatisticsDocument, TargetStatistics } from "../../answers/schemas/statistics-document.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "./print.ts";
import { sparkline } from "./sparkline.ts";
import type { Column } from "./table-lines.ts";

const DAY_MS = 86_400_000;
/** More days than that do not fit a narrow terminal: the newest are shown. */
const SHOWN_DAYS = 40;

/** How deployments ended by target, on which days, how long they and their phases took, what failed most often, and the four figures of DORA. */
export function statisticsTables({ targets, since, days }: StatisticsDocument, print: Print): void {
  if (targets.length === 0) {
    print.line(`No deployment has ended since ${since}.`);
    return;
  }
  print.line(`Deployments that ended since ${since} (UTC)`);
  print.table(
    [
      "TARGET",
      { title: "ENDED", leaves: 4 },
      { title: "SUCCEEDED", leaves: 3 },
      { title: "FAILED", leaves: 6 },
      { title: "ROLLED BACK", leaves: 5 },
      { title: "OTHER", leaves: 2 },
      "SUCCESS",
      "MEDIAN",
    ],
    targets.map((each) => [
      each.target,
      String(each.deployments),
      String(each.succeeded),
      String(each.failed),
      String(each.rolled_back + each.rollback_failed),
      String(each.superseded + each.skipped + each.cancelled),
      percent(each.success_rate),
      seconds(each.durations.median_ms),
    ]),
  );
  const shown = lastDays(days, Date.now());
  section(
    print,
    ["TARGET", "ENDED AS", `DAY BY DAY SINCE ${shown[0] ?? since}`],
    targets.flatMap((each) =>
      (["succeeded", "failed"] as const).map((key) => [each.target, key, bars(each, shown, key)]),
    ),
  );
  section(
    print,
    ["TARGET", "PER DAY", { title: "LEAD TIME", leaves: 1 }, "FAIL RATE", "TO RESTORE"],
    targets.map(({ target, dora }) => [
      target,
      dora.deployments_per_day.toFixed(2),
      inWords(dora.lead_time_ms),
      percent(dora.change_failure_rate),
      inWords(dora.time_to_restore_ms),
    ]),
  );
  section(print, ["TARGET", "PHASE", "MEDIAN", "P95", "TIMES"], targets.flatMap(phaseRows));
  section(
    print,
    ["TARGET", "TIMES", { title: "FAILED IN", leaves: 2 }, { title: "NEWEST", leaves: 1 }, "REASON"],
    targets.flatMap(failureRows),
  );
}

/** A table below the others; nothing if it has no rows. */
function section(print: Print, head: readonly Column[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  print.line();
  print.table(head, rows);
}

function phaseRows({ target, durations }: TargetStatistics): readonly (readonly string[])[] {
  return durations.phases.map(({ phase, median_ms, p95_ms }) => [
    target,
    phase,
    seconds(median_ms),
    seconds(p95_ms),
    String(durations.deployments),
  ]);
}

function failureRows({ target, failures }: TargetStatistics): readonly (readonly string[])[] {
  return failures.map(({ count, step, newest, reason }) => [
    target,
    String(count),
    step ?? "-",
    newest,
    harmless(reason),
  ]);
}

/** The newest of so many days, today last, as `2026-11-21`. */
function lastDays(days: number, now: number): readonly string[] {
  const shown = Math.min(days, SHOWN_DAYS);
  return Array.from({ length: shown }, (_, index) =>
    new Date(now - (shown - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

function bars({ by_day: byDay }: TargetStatistics, days: readonly string[], key: "succeeded" | "failed"): string {
  const numbers = new Map(byDay.map((each) => [each.day, each[key]]));
  return sparkline(days.map((day) => numbers.get(day) ?? 0));
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(1)} %`;
}

function seconds(ms: number | null): string {
  return ms === null ? "-" : `${(ms / 1000).toFixed(1)} s`;
}

function inWords(ms: number | null): string {
  return ms === null ? "-" : durationInWords(ms);
}
