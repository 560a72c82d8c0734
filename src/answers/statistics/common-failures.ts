import type { EndedDeployment } from "../../store/reads/ended-deployments.ts";
import type { TargetStatistics } from "../schemas/statistics-document.ts";

const FAILED: ReadonlySet<string> = new Set(["failed", "rolled_back", "rollback_failed"]);
const SHOWN = 5;

type Failure = TargetStatistics["failures"][number];

/** Counts failures by step, or by reason if no step had begun, and gives the most frequent ones. Pure. `ended` has the oldest first, and the newest gives the reason. */
export function commonFailures(ended: readonly EndedDeployment[]): readonly Failure[] {
  const found = new Map<string, Failure>();
  for (const { id, status, reason, failedStep } of ended) {
    if (!FAILED.has(status)) continue;
    const key = failedStep === undefined ? ` ${reason}` : failedStep.step;
    const count = (found.get(key)?.count ?? 0) + 1;
    found.set(key, { step: failedStep?.step ?? null, phase: failedStep?.phase ?? null, count, newest: id, reason });
  }
  return [...found.values()].toSorted((a, b) => b.count - a.count || (a.newest < b.newest ? 1 : -1)).slice(0, SHOWN);
}
