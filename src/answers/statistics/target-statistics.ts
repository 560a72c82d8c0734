import { targetName } from "../../domain/fraise.ts";
import type { Phase } from "../../domain/phase.ts";
import { PHASES } from "../../domain/phase.ts";
import type { DeploymentCounts } from "../../store/reads/deployment-counts.ts";
import type { DeploymentDuration } from "../../store/reads/phase-durations.ts";

interface PhaseStatistics {
  readonly phase: Phase;
  readonly average_ms: number;
  readonly longest_ms: number;
}

/** How the deployments of one target fared. */
export interface TargetStatistics extends DeploymentCounts {
  readonly target: string;
  /** Successes among the deployments that succeeded or failed, 0–1; null if there are none of both. */
  readonly success_rate: number | null;
  readonly durations: {
    /** How many deployments the averages are made of. */
    readonly deployments: number;
    /** Null if no deployment succeeded. */
    readonly average_ms: number | null;
    readonly phases: readonly PhaseStatistics[];
  };
}

/** Pure. `durations` are those of successful deployments; the ones that ended before `since` (`2026-11-21`) do not count. */
export function targetStatistics(
  counts: DeploymentCounts,
  durations: readonly DeploymentDuration[],
  since: string,
): TargetStatistics {
  const { succeeded, failed, rolled_back, rollback_failed } = counts;
  const tried = succeeded + failed + rolled_back + rollback_failed;
  const counted = durations.filter(({ finishedAt }) => finishedAt >= since);
  const phases = PHASES.flatMap(({ name }): PhaseStatistics[] => {
    const times = counted.flatMap((each) => each.phases[name] ?? []);
    return times.length === 0 ? [] : [{ phase: name, average_ms: average(times), longest_ms: Math.max(...times) }];
  });
  const whole = counted.map((each) => Object.values(each.phases).reduce((sum, ms) => sum + ms, 0));
  return {
    target: targetName(counts),
    ...counts,
    success_rate: tried === 0 ? null : succeeded / tried,
    durations: { deployments: counted.length, average_ms: whole.length === 0 ? null : average(whole), phases },
  };
}

function average(times: readonly number[]): number {
  return Math.round(times.reduce((sum, ms) => sum + ms, 0) / times.length);
}
