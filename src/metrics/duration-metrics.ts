import { ofRecord } from "./metric.ts";
import type { HistogramMetric, HistogramSample } from "./metric.ts";
import type { RecordReading } from "./reading.ts";

/** The bounds of the histograms in seconds. The store counts by these bounds, from its migration 6 on. */
export const DURATION_BOUNDS: readonly number[] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600];

type Durations = RecordReading["tallies"]["durations"];

/** How long deployments waited and took. */
export const durationMetrics: readonly HistogramMetric[] = [
  histogram("fraisier_deployment_wait_seconds", "wait", {
    help: "How long deployments waited in the queue before they started, locks and freeze windows included.",
  }),
  histogram("fraisier_deployment_duration_seconds", "deployment", {
    help: "How long deployments took from their start to their end, by the status that they ended with.",
    label: "status",
  }),
  histogram("fraisier_phase_duration_seconds", "phase", {
    help: "How long the steps of each phase took in deployments that succeeded.",
    label: "phase",
  }),
];

function histogram(
  name: string,
  measured: Durations[number]["measured"],
  { help, label }: { readonly help: string; readonly label?: string },
): HistogramMetric {
  return {
    name,
    help,
    type: "histogram",
    labels: label === undefined ? [] : [label],
    samples: ofRecord(({ tallies }) => {
      const rows = tallies.durations.filter((each) => each.measured === measured);
      // Without labels there is one line of zeros before the first duration.
      const names = label === undefined ? [""] : [...new Set(rows.map((each) => each.name))];
      return names.map((each) =>
        sample(
          rows.filter((row) => row.name === each),
          label === undefined ? {} : { [label]: each },
        ),
      );
    }),
  };
}

function sample(rows: Durations, labels: Readonly<Record<string, string>>): HistogramSample {
  const buckets = new Map<number, number>();
  let count = 0;
  let totalMs = 0;
  for (const row of rows) {
    buckets.set(row.boundMs / 1000, row.count);
    count += row.count;
    totalMs += row.totalMs;
  }
  return { labels, buckets, count, sum: totalMs / 1000 };
}
