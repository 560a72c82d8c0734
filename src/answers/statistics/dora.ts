import type { EndedDeployment } from "../../store/reads/ended-deployments.ts";
import type { TargetStatistics } from "../schemas/statistics-document.ts";
import { percentile } from "./percentile.ts";

/** The four figures of DORA for the deployments of one target, oldest first, over so many days. Pure; docs/operating.md has the definitions. */
export function dora(ended: readonly EndedDeployment[], days: number): TargetStatistics["dora"] {
  const live = ended.filter(({ status, trigger }) => status === "succeeded" && trigger !== "rollback");
  const failures = failuresIn(ended);
  const restored = failures.flatMap(({ restoredMs }) => restoredMs ?? []);
  const changes = live.length + ended.filter(({ status }) => TAKEN_BACK.has(status)).length;
  const queuedAt = new Map(ended.map((each) => [each.id, each.queuedAt]));
  const leads = live
    .filter(({ trigger }) => trigger === "delivery" || trigger === "sweep")
    .map((each) => between(queuedAt.get(each.retryOf ?? each.id) ?? each.queuedAt, each.finishedAt));
  return {
    deployments_per_day: live.length / days,
    lead_time_ms: percentile(leads, 0.5),
    change_failure_rate: changes === 0 ? null : failures.length / changes,
    time_to_restore_ms: percentile(restored, 0.5),
  };
}

const TAKEN_BACK: ReadonlySet<string> = new Set(["rolled_back", "rollback_failed"]);

interface Failure {
  /** Undefined if the target was not restored yet. */
  readonly restoredMs: number | undefined;
}

/** The changes that failed on the host: taken back by fraisier, or by a person once they were live. */
function failuresIn(ended: readonly EndedDeployment[]): readonly Failure[] {
  let live: EndedDeployment | undefined;
  return ended.flatMap((each, index): Failure[] => {
    if (each.status === "rolled_back")
      return [{ restoredMs: between(each.startedAt ?? each.queuedAt, each.finishedAt) }];
    if (each.status === "rollback_failed") {
      const next = ended.slice(index + 1).find(({ status }) => status === "succeeded");
      const from = each.startedAt ?? each.queuedAt;
      return [{ restoredMs: next === undefined ? undefined : between(from, next.finishedAt) }];
    }
    if (each.status !== "succeeded") return [];
    const bad = each.trigger === "rollback" ? live : undefined;
    // A second rollback in a row goes further back: the change was counted at the first one.
    live = each.trigger === "rollback" ? undefined : each;
    return bad === undefined ? [] : [{ restoredMs: between(bad.finishedAt, each.finishedAt) }];
  });
}

function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}
