import { OUTCOMES } from "../domain/deployment.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import { ofRecord } from "./metric.ts";
import type { PlainMetric, Sample } from "./metric.ts";
import type { RecordReading } from "./reading.ts";

/** A label `job` would meet the one that Prometheus gives to everything that it scrapes. */
const TARGET = ["target", "fraise", "environment"] as const;

type Measures = RecordReading["targets"][number];

/** Each target of fraises.yaml, one by one. */
export const targetMetrics: readonly PlainMetric[] = [
  {
    name: "fraisier_deployments_total",
    type: "counter",
    help: "Deployments that ended, by target and by the status that they ended with, counted in the store.",
    labels: [...TARGET, "status"],
    samples: ofRecord(({ tallies }, { daemon }) => {
      const counts = new Map(tallies.deployments.map((each) => [`${targetName(each)} ${each.status}`, each.count]));
      // Each status has a line from the start: a rate needs a zero before the first deployment.
      return daemon.targets.flatMap((target) =>
        OUTCOMES.map((status) => ({
          labels: { ...labelsOf(target), status },
          value: counts.get(`${targetName(target)} ${status}`) ?? 0,
        })),
      );
    }),
  },
  perTarget(
    "fraisier_target_last_success_timestamp_seconds",
    "When the newest deployment of the target that succeeded ended, in seconds since 1970; 0 if no deployment has succeeded yet.",
    ({ lastSuccess }) => seconds(lastSuccess),
  ),
  perTarget(
    "fraisier_target_last_wanted_timestamp_seconds",
    "When the newest deployment of the target was queued that was neither skipped nor cancelled, in seconds since 1970; 0 if there is none yet.",
    ({ lastWanted }) => seconds(lastWanted),
  ),
  perTarget("fraisier_target_running", "1 while a deployment of the target runs or is being rolled back.", (each) =>
    Number(each.isRunning),
  ),
  perTarget("fraisier_target_stuck", "1 while a deployment of the target runs and is stuck.", (each) =>
    Number(each.isStuck),
  ),
  perTarget("fraisier_target_on_hold", "1 while the target is on hold after a rollback.", (each) =>
    Number(each.isOnHold),
  ),
  perTarget("fraisier_target_drifted", "1 while the host of the target differs from the record.", (each) =>
    Number(each.isDrifted),
  ),
  perTarget(
    "fraisier_target_wait_seconds",
    "How long a deployment of the target has waited; 0 if no deployment waits.",
    ({ waitingSince }, at) => (waitingSince === null ? 0 : Math.max(0, at - Date.parse(waitingSince)) / 1000),
  ),
];

function perTarget(name: string, help: string, value: (measures: Measures, at: number) => number): PlainMetric {
  return {
    name,
    help,
    type: "gauge",
    labels: TARGET,
    samples: ofRecord(({ targets, at }, { daemon }) => {
      const known = new Map(targets.map((each) => [targetName(each), each]));
      return daemon.targets.flatMap((target): Sample[] => {
        const measures = known.get(targetName(target)) ?? { ...NEVER, ...target };
        return [{ labels: labelsOf(target), value: value(measures, at) }];
      });
    }),
  };
}

/** A target without any record. */
const NEVER = {
  isRunning: false,
  isStuck: false,
  isOnHold: false,
  isDrifted: false,
  waitingSince: null,
  lastSuccess: null,
  lastWanted: null,
} as const;

function labelsOf(key: TargetKey): Record<(typeof TARGET)[number], string> {
  return { target: targetName(key), fraise: key.fraise, environment: key.environment };
}

function seconds(at: string | null): number {
  return at === null ? 0 : Date.parse(at) / 1000;
}
