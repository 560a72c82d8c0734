import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { MetricType } from "prom-client";
import { DURATION_BOUNDS } from "./duration-metrics.ts";
import type { HistogramMetric, HistogramSample, PlainMetric } from "./metric.ts";
import { METRICS } from "./metrics.ts";
import type { Reading } from "./reading.ts";

/** prom-client's types say a number; its code has the word that stands in the TYPE line. */
const HISTOGRAM = "histogram" as unknown as MetricType;

/** A timer that wakes the daemon as often as this while the lag of its event loop is measured. */
const LAG_PRECISION_MS = 100;

/** Writes readings in the text format of Prometheus, and with them the numbers of this process that prom-client knows: memory, processor, event loop. */
export function createRegistry(): (reading: Reading) => Promise<string> {
  const registry = new Registry();
  const takers = METRICS.map((metric) =>
    metric.type === "histogram" ? histogram(registry, metric) : plain(registry, metric),
  );
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  return async (reading) => {
    for (const take of takers) take(reading);
    return await registry.metrics();
  };
}

type Taker = (reading: Reading) => void;

function plain(registry: Registry, { name, help, labels, type, samples }: PlainMetric): Taker {
  const configuration = { name, help, labelNames: labels, registers: [registry] };
  if (type === "gauge") {
    const gauge = new Gauge(configuration);
    return (reading) => {
      gauge.reset();
      const found = samples(reading);
      for (const each of found) gauge.set(each.labels, each.value);
      // A gauge that was reset has a line with 0, which is not true of a number that nobody knows.
      if (found.length === 0 && labels.length === 0) gauge.remove();
    };
  }
  const counter = new Counter(configuration);
  return (reading) => {
    counter.reset();
    for (const each of samples(reading)) counter.inc(each.labels, each.value);
  };
}

function histogram(registry: Registry, metric: HistogramMetric): Taker {
  const recorded = new RecordedHistogram(registry, metric);
  return (reading) => recorded.take(metric.samples(reading));
}

/** A histogram whose counts come from the store. prom-client's own only knows what this process observed. */
class RecordedHistogram extends Histogram {
  #samples: readonly HistogramSample[] = [];
  readonly #metric: HistogramMetric;

  constructor(registry: Registry, metric: HistogramMetric) {
    super({ name: metric.name, help: metric.help, labelNames: metric.labels, registers: [registry] });
    this.#metric = metric;
  }

  take(samples: readonly HistogramSample[]): void {
    this.#samples = samples;
  }

  override async get(): ReturnType<Histogram["get"]> {
    const { name, help } = this.#metric;
    const values = this.#samples.flatMap((each) => this.#lines(each));
    return { name, help, type: HISTOGRAM, aggregator: "sum", collect: () => {}, values };
  }

  /** The registry asks by this name. */
  async getForPromString(): ReturnType<Histogram["get"]> {
    return await this.get();
  }

  #lines({ labels, buckets, count, sum }: HistogramSample): Awaited<ReturnType<Histogram["get"]>>["values"] {
    const { name } = this.#metric;
    const upTo = (bound: number): number =>
      [...buckets].reduce((total, [each, number]) => (each <= bound ? total + number : total), 0);
    return [
      ...DURATION_BOUNDS.map((bound) => ({
        metricName: `${name}_bucket`,
        labels: { ...labels, le: bound },
        value: upTo(bound),
      })),
      { metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: count },
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
