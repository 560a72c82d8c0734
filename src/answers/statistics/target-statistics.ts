import { targetName } from "../../domain/fraise.ts";
import { PHASES } from "../../domain/phase.ts";
import type { DeploymentCounts } from "../../store/reads/deployment-counts.ts";
import type { EndedDeployment } from "../../store/reads/ended-deployments.ts";
import type { DeploymentDuration } from "../../store/reads/phase-durations.ts";
import type { TargetStatistics } from "../schemas/statistics-document.ts";
import { commonFailures } from "./common-failures.ts";
import { dora } from "./dora.ts";
import { percentile } from "./percentile.ts";

interface Facts {
  readonly counts: DeploymentCounts;
  readonly durations: readonly DeploymentDuration[];
  /** Oldest first. */
  readonly ended: readonly EndedDeployment[];
}

/** Pure. `durations` are those of successful deployments; the ones that ended before `since` (`2026-11-21`) do not count. */
export function targetStatistics(
  { counts, durations, ended }: Facts,
  { since, days }: { readonly since: string; readonly days: number },
): TargetStatistics {
  const { succeeded, failed, rolledBack, rollbackFailed } = counts;
  const tried = succeeded + failed + rolledBack + rollbackFailed;
  const counted = durations.filter(({ finishedAt }) => finishedAt >= since);
  const phases = PHASES.flatMap(({ name }) => {
    const times = counted.flatMap((each) => each.phases[name] ?? []);
    return times.length === 0 ? [] : [{ phase: name, ...summary(times), longest_ms: Math.max(...times) }];
  });
  const inTime = ended.filter(({ finishedAt }) => finishedAt >= since);
  const whole = counted.map((each) => Object.values(each.phases).reduce((sum, ms) => sum + ms, 0));
  return {
    target: targetName(counts),
    fraise: counts.fraise,
    environment: counts.environment,
    job: counts.job,
    deployments: counts.deployments,
    succeeded,
    failed,
    rolled_back: rolledBack,
    rollback_failed: rollbackFailed,
    superseded: counts.superseded,
    skipped: counts.skipped,
    cancelled: counts.cancelled,
    last_finished_at: counts.lastFinishedAt,
    success_rate: tried === 0 ? null : succeeded / tried,
    durations: { deployments: counted.length, ...(whole.length === 0 ? NO_DURATION : summary(whole)), phases },
    by_day: counts.byDay,
    failures: commonFailures(inTime),
    dora: dora(inTime, days),
  };
}

const NO_DURATION = { average_ms: null, median_ms: null, p95_ms: null } as const;

function summary(times: readonly number[]): { average_ms: number; median_ms: number; p95_ms: number } {
  return { average_ms: average(times), median_ms: percentile(times, 0.5) ?? 0, p95_ms: percentile(times, 0.95) ?? 0 };
}

function average(times: readonly number[]): number {
  return Math.round(times.reduce((sum, ms) => sum + ms, 0) / times.length);
}
