import { one } from "./metric.ts";
import type { PlainMetric } from "./metric.ts";
import type { Reading, RecordReading } from "./reading.ts";

/** The queue and all targets together. */
export const queueMetrics: readonly PlainMetric[] = [
  counted("fraisier_queued", "Deployments that wait.", "queued"),
  counted("fraisier_held", "Deployments that a lock or a freeze window keeps waiting.", "waitingForGates"),
  counted("fraisier_running", "Deployments that run or are being rolled back.", "running"),
  counted("fraisier_stuck", "Running deployments whose phase has not moved for deployment.stuck_after.", "stuck"),
  {
    name: "fraisier_queue_oldest_wait_seconds",
    type: "gauge",
    help: "How long the deployment has waited that waits longest; 0 if no deployment waits.",
    labels: [],
    samples: one(oldestWait),
  },
  counted("fraisier_targets_on_hold", "Targets on hold after a rollback.", "onHold"),
  counted("fraisier_targets_drifted", "Targets whose host differs from the record.", "drifted"),
  {
    name: "fraisier_targets_unknown",
    type: "gauge",
    help: "Targets whose host cannot be compared with the record.",
    labels: [],
    samples: one(({ daemon }) => daemon.unknownTargets),
  },
  counted("fraisier_targets_failed", "Targets whose newest deployment did not succeed.", "failedTargets"),
  counted("fraisier_locks", "Locks set by people.", "locks"),
  counted("fraisier_sweep_problems", "Repositories that could not be asked for missed pushes.", "sweepProblems"),
];

function counted(name: string, help: string, key: keyof RecordReading["counts"]): PlainMetric {
  return { name, help, type: "gauge", labels: [], samples: one(({ record }) => record?.counts[key]) };
}

function oldestWait({ record }: Reading): number | undefined {
  if (record === undefined) return undefined;
  const since = record.targets.flatMap(({ waitingSince }) =>
    waitingSince === null ? [] : [record.at - Date.parse(waitingSince)],
  );
  return Math.max(0, ...since) / 1000;
}
