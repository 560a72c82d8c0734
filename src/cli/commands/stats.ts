import { openReader } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import type { Print } from "../print/print.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { TargetOptions } from "../targets/target-words.ts";
import { targetStatistics } from "../../answers/statistics/target-statistics.ts";
import type { TargetStatistics } from "../../answers/statistics/target-statistics.ts";

const DAY_MS = 86_400_000;
/** Enough for an average, and the same effort however long the history. */
const NEWEST_SUCCESSES = 100;

interface Options extends TargetOptions {
  readonly days: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const days = daysOf(options.days);
  const since = new Date(Date.now() - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  const reader = await openReader(options.config);
  const { store } = reader;
  const targets: TargetStatistics[] = [];
  try {
    const filter = await targetFilter(reader, args, options);
    for (const counts of await store.deployments.counts(since, filter)) {
      if (filter.job !== undefined && counts.job !== filter.job) continue;
      targets.push(targetStatistics(counts, await store.deployments.phaseDurations(counts, NEWEST_SUCCESSES), since));
    }
  } finally {
    await store.close();
  }
  if (print.isJson) print.json({ days, since, targets });
  else if (targets.length === 0) print.line(`No deployment has ended since ${since}.`);
  else printTables(targets, since, print);
  return 0;
}

function printTables(targets: readonly TargetStatistics[], since: string, print: Print): void {
  print.line(`Deployments that ended since ${since} (UTC)`);
  print.table(
    ["TARGET", "ENDED", "SUCCEEDED", "FAILED", "ROLLED BACK", "OTHER", "SUCCESS", "TOOK"],
    targets.map((each) => [
      each.target,
      String(each.deployments),
      String(each.succeeded),
      String(each.failed),
      String(each.rolled_back + each.rollback_failed),
      String(each.superseded + each.skipped + each.cancelled),
      each.success_rate === null ? "-" : `${(100 * each.success_rate).toFixed(1)} %`,
      seconds(each.durations.average_ms),
    ]),
  );
  const phases = targets.flatMap(({ target, durations }) =>
    durations.phases.map(({ phase, average_ms, longest_ms }) => [
      target,
      phase,
      seconds(average_ms),
      seconds(longest_ms),
      String(durations.deployments),
    ]),
  );
  if (phases.length === 0) return;
  print.line();
  print.table(["TARGET", "PHASE", "AVERAGE", "LONGEST", "OF SUCCESSES"], phases);
}

function seconds(ms: number | null): string {
  return ms === null ? "-" : `${(ms / 1000).toFixed(1)} s`;
}

/** `--days`, 1 to 36,500. @throws UsageError */
function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return days;
  throw new UsageError(`--days is "${text}": a whole number from 1 to 36500`);
}
