import { targetName } from "../../domain/fraise.ts";
import { PHASES } from "../../domain/phase.ts";
import type { DeploymentCounts } from "../../store/reads/deployment-counts.ts";
import type { DeploymentDuration } from "../../store/reads/phase-durations.ts";
import type { TargetStatistics } from "../schemas/statistics-document.ts";

/** Pure. `durations` are those of successful deployments; the ones that ended before `since` (`2026-11-21`) do not count. */
export function targetStatistics(
  counts: DeploymentCounts,
  durations: readonly DeploymentDuration[],
  since: string,
): TargetStatistics {
  const { succeeded, failed, rolledBack, rollbackFailed } = counts;
  const tried = succeeded + failed + rolledBack + rollbackFailed;
  const counted = durations.filter(({ finishedAt }) => finishedAt >= since);
  const phases = PHASES.flatMap(({ name }) => {
    const times = counted.flatMap((each) => each.phases[name] ?? []);
    return times.length === 0 ? [] : [{ phase: name, average_ms: average(times), longest_ms: Math.max(...times) }];
  });
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
    durations: { deployments: counted.length, average_ms: whole.length === 0 ? null : average(whole), phases },
  };
}

function average(times: readonly number[]): number {
  return Math.round(times.reduce((sum, ms) => sum + ms, 0) / times.length);
}
