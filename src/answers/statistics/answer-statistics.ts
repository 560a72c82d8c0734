import { setImmediate as nextTurn } from "node:timers/promises";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Store } from "../../store/store.ts";
import type { StatisticsDocument, TargetStatistics } from "../schemas/statistics-document.ts";
import { onlyWithin } from "../within.ts";
import type { Within } from "../within.ts";
import { targetStatistics } from "./target-statistics.ts";

const DAY_MS = 86_400_000;
/** Enough for an average, and the same effort however long the history. */
const NEWEST_SUCCESSES = 100;
/** Failures and the figures of DORA are those of so many deployments of a target: the effort stays the same however long the history. */
const NEWEST_ENDED = 1_000;

export interface StatisticsQuestion {
  readonly targets: Partial<TargetKey>;
  /** How many days back, today included. */
  readonly days: number;
  readonly within?: Within;
}

/** How the deployments of some targets fared that ended in the last days. */
export async function answerStatistics(
  store: Store,
  { targets: wanted, days, within }: StatisticsQuestion,
): Promise<StatisticsDocument> {
  const since = new Date(Date.now() - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  const targets: TargetStatistics[] = [];
  for (const counts of onlyWithin(await store.deployments.counts(since, wanted), within)) {
    if (wanted.job !== undefined && counts.job !== wanted.job) continue;
    // The daemon's other requests have their turn between two targets.
    await nextTurn();
    const durations = await store.deployments.phaseDurations(counts, NEWEST_SUCCESSES);
    const ended = await store.deployments.ended(counts, NEWEST_ENDED);
    targets.push(targetStatistics({ counts, durations, ended }, { since, days }));
  }
  return { version: 1, days, since, targets };
}
