import { DECISIONS } from "../domain/decision.ts";
import { one, ofRecord } from "./metric.ts";
import type { PlainMetric, Sample } from "./metric.ts";
import type { DaemonReading, Reading } from "./reading.ts";

/** The daemon, its store, and the deliveries that came. */
export const daemonMetrics: readonly PlainMetric[] = [
  {
    name: "fraisier_info",
    type: "gauge",
    help: "Always 1; its label has the version of fraisier.",
    labels: ["version"],
    samples: ({ daemon }) => [{ labels: { version: daemon.version }, value: 1 }],
  },
  {
    name: "fraisier_store_up",
    type: "gauge",
    help: "1 if the store can be read and takes writes, 0 if not. While the store cannot be read, all numbers from it are absent.",
    labels: [],
    samples: one(({ daemon, record }) => (daemon.isStoreUp && record !== undefined ? 1 : 0)),
  },
  {
    name: "fraisier_store_bytes",
    type: "gauge",
    help: "Bytes in use in the store.",
    labels: [],
    samples: one(({ record }) => record?.bytes),
  },
  {
    name: "fraisier_deliveries_total",
    type: "counter",
    help: "Deliveries by forge and by the status that they were answered with, since the daemon started.",
    labels: ["forge", "status"],
    samples: ({ daemon }) =>
      daemon.deliveries.map(({ forge, status, count }) => ({
        labels: { forge, status: String(status) },
        value: count,
      })),
  },
  {
    name: "fraisier_delivery_decisions_total",
    type: "counter",
    help: "Recorded deliveries by forge and by the decision about them, counted in the store. They include pushes that sweeps find. Requests that nobody signed have the forge unknown.",
    labels: ["forge", "decision"],
    samples: ofRecord(({ tallies }, { daemon }) => decisions(daemon, tallies.deliveries)),
  },
  {
    name: "fraisier_refusals_total",
    type: "counter",
    help: "Deliveries that were answered with a status from 400 to 499, by forge, since the daemon started.",
    labels: ["forge"],
    samples: refusals,
  },
  {
    name: "fraisier_refusals_unrecorded_total",
    type: "counter",
    help: "Refused requests without a row and a line in the log, as there were too many of them, since the daemon started.",
    labels: [],
    samples: one(({ daemon }) => daemon.unrecordedRefusals),
  },
  {
    name: "fraisier_connections_refused_total",
    type: "counter",
    help: "Connections that were ended at once, as there were too many of them, since the daemon started.",
    labels: [],
    samples: one(({ daemon }) => daemon.refusedConnections),
  },
  {
    name: "fraisier_event_streams",
    type: "gauge",
    help: "Streams of events of the API that are open.",
    labels: [],
    samples: one(({ daemon }) => daemon.eventStreams.open),
  },
  {
    name: "fraisier_event_streams_refused_total",
    type: "counter",
    help: "Streams of events that were not opened, as there were too many, since the daemon started.",
    labels: [],
    samples: one(({ daemon }) => daemon.eventStreams.refused),
  },
  {
    name: "fraisier_event_streams_slow_total",
    type: "counter",
    help: "Streams of events that were cut off, as their clients took nothing for a minute, since the daemon started.",
    labels: [],
    samples: one(({ daemon }) => daemon.eventStreams.slow),
  },
  {
    name: "fraisier_trace_spans_total",
    type: "counter",
    help: "Spans of traces by what became of them (exported, refused), since the daemon started. Absent, as all numbers of traces, if fraises.yaml wants none.",
    labels: ["result"],
    samples: ({ daemon: { traces } }) =>
      traces === undefined
        ? []
        : (["exported", "refused"] as const).map((result) => ({ labels: { result }, value: traces[result] })),
  },
  {
    name: "fraisier_trace_failed_requests_total",
    type: "counter",
    help: "Attempts to send traces that failed and are made again, since the daemon started.",
    labels: [],
    samples: one(({ daemon: { traces } }) => traces?.failedRequests),
  },
  {
    name: "fraisier_trace_wait_seconds",
    type: "gauge",
    help: "How long the oldest trace has waited that could not be sent yet; 0 if none waits.",
    labels: [],
    samples: one(({ daemon: { traces } }) => traces && waitOf(traces.waitingSince)),
  },
];

function waitOf(since: string | undefined): number {
  return since === undefined ? 0 : Math.max(0, Date.now() - Date.parse(since)) / 1000;
}

/** Each decision of each configured forge has a line from the start: a rate needs a zero before the first one. */
function decisions(
  { forges }: DaemonReading,
  tallies: readonly { readonly forge: string; readonly decision: string; readonly count: number }[],
): readonly Sample[] {
  const known = forges.flatMap((forge) =>
    DECISIONS.map((decision) => ({
      forge,
      decision,
      count: tallies.find((each) => each.forge === forge && each.decision === decision)?.count ?? 0,
    })),
  );
  const gone = tallies.filter(({ forge }) => !forges.includes(forge));
  return [...known, ...gone].map(({ forge, decision, count }) => ({ labels: { forge, decision }, value: count }));
}

function refusals({ daemon: { forges, deliveries } }: Reading): readonly Sample[] {
  const byForge = new Map(forges.map((forge) => [forge, 0]));
  for (const { forge, status, count } of deliveries)
    if (status >= 400 && status < 500) byForge.set(forge, (byForge.get(forge) ?? 0) + count);
  return [...byForge].map(([forge, value]) => ({ labels: { forge }, value }));
}
