import type { Hono } from "hono";
import type { Store } from "../../store/store.ts";
import type { DeliveryCounts } from "../../webhooks/delivery-counts.ts";
import type { Gate } from "../gate.ts";
import type { HttpEnv } from "../http-env.ts";

export interface MetricsParts {
  readonly store: Pick<Store, "targets" | "size">;
  readonly deliveryCounts: Pick<DeliveryCounts, "list" | "unrecorded">;
  readonly gate: Pick<Gate, "refusedConnections">;
  readonly version: string;
  /** Targets whose host could not be compared with the record. */
  unknownTargets(): number;
}

/** Longer than any monitor asks, so that a scrape costs the store next to nothing however many there are. */
const FRESH_MS = 5_000;

/** `GET /metrics` in the Prometheus text format 0.0.4. Numbers only: nothing here is secret. */
export function metricsRoutes(app: Hono<HttpEnv>, parts: MetricsParts): void {
  let last: { readonly at: number; readonly text: string } | undefined;
  app.get("/metrics", async (context) => {
    if (last === undefined || performance.now() - last.at > FRESH_MS)
      last = { at: performance.now(), text: await metrics(parts) };
    return context.body(last.text, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  });
}

async function metrics({ store, deliveryCounts, gate, version, unknownTargets }: MetricsParts): Promise<string> {
  const now = await store.targets.counts();
  const gauge = (name: string, help: string, value: number, labels = ""): string =>
    `# HELP fraisier_${name} ${help}\n# TYPE fraisier_${name} gauge\nfraisier_${name}${labels} ${value}\n`;
  const counter = (name: string, help: string, value: number): string =>
    `# HELP fraisier_${name} ${help}\n# TYPE fraisier_${name} counter\nfraisier_${name} ${value}\n`;
  return [
    gauge("info", "The version of fraisier.", 1, `{version="${version}"}`),
    gauge("queued", "Deployments that wait.", now.queued),
    gauge("held", "Deployments that a lock or a freeze window keeps waiting.", now.held),
    gauge("running", "Deployments that run or are being rolled back.", now.running),
    gauge("stuck", "Running deployments whose phase has not moved for deployment.stuck_after.", now.stuck),
    gauge("targets_on_hold", "Targets on hold after a rollback.", now.onHold),
    gauge("targets_drifted", "Targets whose host differs from the record.", now.drifted),
    gauge("targets_unknown", "Targets whose host cannot be compared with the record.", unknownTargets()),
    gauge("targets_failed", "Targets whose newest deployment did not succeed.", now.failedTargets),
    gauge("locks", "Locks set by people.", now.locks),
    gauge("sweep_problems", "Repositories that could not be asked for missed pushes.", now.sweepProblems),
    gauge("store_bytes", "Bytes in use in the store.", await store.size()),
    counter(
      "refusals_unrecorded_total",
      "Refused requests without a row and a line in the log, as there were too many of them.",
      deliveryCounts.unrecorded(),
    ),
    counter(
      "connections_refused_total",
      "Connections that were ended at once, as there were too many of them.",
      gate.refusedConnections(),
    ),
    "# HELP fraisier_deliveries_total Deliveries by forge and by the status that they were answered with, since the daemon started.\n",
    "# TYPE fraisier_deliveries_total counter\n",
    ...deliveryCounts
      .list()
      .map(({ forge, status, count }) => `fraisier_deliveries_total{forge="${forge}",status="${status}"} ${count}\n`),
  ].join("");
}
