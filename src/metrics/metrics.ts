import { daemonMetrics } from "./daemon-metrics.ts";
import { durationMetrics } from "./duration-metrics.ts";
import type { Metric } from "./metric.ts";
import { queueMetrics } from "./queue-metrics.ts";
import { targetMetrics } from "./target-metrics.ts";

/** All metrics of fraisier's own, in the order of `GET /metrics` and docs/metrics.md. */
export const METRICS: readonly Metric[] = [...daemonMetrics, ...queueMetrics, ...targetMetrics, ...durationMetrics];
