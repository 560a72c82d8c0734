import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { StoreUnavailable } from "../../src/domain/errors.ts";
import { DURATION_BOUNDS } from "../../src/metrics/duration-metrics.ts";
import { METRICS } from "../../src/metrics/metrics.ts";
import { createScrape } from "../../src/metrics/scrape.ts";
import type { ScrapeParts } from "../../src/metrics/scrape.ts";
import { openStore } from "../../src/store/store.ts";
import { API, delivery, freshStore, revision } from "../helpers/store.ts";

type Opened = Awaited<ReturnType<typeof freshStore>>;

const DAEMON: ReturnType<ScrapeParts["daemon"]> = {
  version: "1.2.3",
  deliveries: [{ forge: "github", status: 401, count: 2 }],
  unrecordedRefusals: 0,
  refusedConnections: 0,
  eventStreams: { open: 1, refused: 0, slow: 0 },
  unknownTargets: 0,
  traces: undefined,
  forges: ["github"],
  targets: [API],
};

async function scraped(store: ScrapeParts["store"], daemon: Partial<typeof DAEMON> = {}): Promise<string> {
  return await createScrape({ store, daemon: () => ({ ...DAEMON, ...daemon }) })();
}

/** Takes the deployment that waits to its success, as a runner does, with one step of 400 and one of 900 milliseconds in the phase building. */
async function succeed(store: Opened): Promise<void> {
  const [queued] = await store.deployments.history({ limit: 1, status: "queued" });
  const id = queued?.id ?? "";
  await store.queue.claim(id, { leaseMs: 60_000, claimer: "{}" });
  const database = new Database(store.file);
  const owner = String(database.prepare("select lease_owner from tb_deployment where id = ?").pluck().get(id));
  const step = database.prepare(
    `insert into tb_deployment_step (deployment_id, sequence, step, phase, status, started_at, duration_ms)
     values (?, ?, ?, 'building', 'finished', '2026-11-21T10:00:00.000Z', ?)`,
  );
  step.run(id, 1, "install", 400);
  step.run(id, 2, "build", 900);
  database.close();
  await store.deployments.settle(id, owner, { outcome: "succeeded", reason: "", hint: "" });
}

describe("GET /metrics", () => {
  it("counts what was recorded by every process, and goes on counting when old records are forgotten and the daemon starts again", async () => {
    const store = await freshStore();
    await store.deliveries.record([delivery(revision("a"))]);
    await succeed(store);
    const other = await openStore(`sqlite:${store.file}`);
    await other.deliveries.record([delivery(revision("b"))]);
    await other.close();
    await succeed(store);
    await store.deliveries.record([delivery(revision("c")), delivery(revision("d"))]);
    const before = await scraped(store);
    const told = [
      `fraisier_delivery_decisions_total{forge="github",decision="queued"} 4`,
      `fraisier_delivery_decisions_total{forge="github",decision="held"} 0`,
      `fraisier_deployments_total{target="api/production",fraise="api",environment="production",status="succeeded"} 2`,
      `fraisier_deployments_total{target="api/production",fraise="api",environment="production",status="superseded"} 1`,
      `fraisier_deployments_total{target="api/production",fraise="api",environment="production",status="failed"} 0`,
      `fraisier_phase_duration_seconds_bucket{phase="building",le="1"} 0`,
      `fraisier_phase_duration_seconds_bucket{phase="building",le="2.5"} 2`,
      `fraisier_phase_duration_seconds_bucket{phase="building",le="+Inf"} 2`,
      `fraisier_phase_duration_seconds_sum{phase="building"} 2.6`,
      `fraisier_phase_duration_seconds_count{phase="building"} 2`,
      `fraisier_deployment_duration_seconds_count{status="succeeded"} 2`,
      `fraisier_deployment_wait_seconds_count 2`,
      `fraisier_refusals_total{forge="github"} 2`,
      `fraisier_store_up 1`,
      `fraisier_queued 1`,
    ];
    expect(before.split("\n")).toEqual(expect.arrayContaining(told));
    const database = new Database(store.file);
    database.exec(
      "pragma foreign_keys = on; delete from tb_deployment where status <> 'queued'; delete from tb_webhook_event",
    );
    database.close();
    expect((await scraped(store)).split("\n")).toEqual(expect.arrayContaining(told));
  });

  it("says of each target what runs, waits and went live, and leaves out targets that fraises.yaml does not name any more", async () => {
    const store = await freshStore();
    const labels = `target="api/production",fraise="api",environment="production"`;
    expect(await scraped(store)).toContain(`fraisier_target_last_success_timestamp_seconds{${labels}} 0\n`);
    await store.deliveries.record([delivery(revision("a"))]);
    await succeed(store);
    await store.deliveries.record([delivery(revision("b"))]);
    const text = await scraped(store);
    const value = (name: string): number =>
      Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`${name}{${labels}}`))
          ?.split(" ")[1],
      );
    const ago = Date.now() / 1000 - 60;
    expect(value("fraisier_target_last_success_timestamp_seconds")).toBeGreaterThan(ago);
    expect(value("fraisier_target_last_wanted_timestamp_seconds")).toBeGreaterThanOrEqual(
      value("fraisier_target_last_success_timestamp_seconds"),
    );
    expect(value("fraisier_target_running")).toBe(0);
    expect(value("fraisier_target_wait_seconds")).toBeGreaterThanOrEqual(0);
    const without = await scraped(store, { targets: [] });
    expect(without).not.toContain(`fraise="api"`);
  });

  it("says that the store is down, and still has the numbers of the process, when the store cannot be read", async () => {
    const store = await freshStore();
    const counts = async (): Promise<never> => await Promise.reject(new StoreUnavailable("the disk fails"));
    const text = await scraped({ ...store, measures: { ...store.measures, counts } });
    expect(text).toMatch(/^fraisier_store_up 0$/m);
    expect(text).toMatch(/^fraisier_info\{version="1.2.3"\} 1$/m);
    expect(text).not.toMatch(/^fraisier_(queued|store_bytes|targets_on_hold) /m);
  });

  it("says that the store is down when its file is gone", async () => {
    const store = await freshStore();
    rmSync(store.file);
    expect(await scraped(store)).toMatch(/^fraisier_store_up 0$/m);
  });

  it("counts requests that nobody signed under one name, whatever they call themselves", async () => {
    const store = await freshStore();
    const stranger = { verified: false, refusal: "no signature", proposals: [], httpStatus: 401 };
    await store.deliveries.record([
      delivery(revision("a"), { ...stranger, forge: "one" }),
      delivery(revision("b"), { ...stranger, forge: "two" }),
    ]);
    const text = await scraped(store);
    expect(text).toContain(`fraisier_delivery_decisions_total{forge="unknown",decision="refused"} 2\n`);
    expect(text).not.toMatch(/forge="(one|two)"/);
  });

  it("is in Prometheus's format, with every metric by name, type and help", async () => {
    const text = await scraped(await freshStore(), { version: 'a"b\\c\nd' });
    expect(text).toContain(String.raw`fraisier_info{version="a\"b\\c\nd"} 1`);
    for (const { name, type } of METRICS) expect(text).toContain(`# TYPE ${name} ${type}\n`);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
    expect(checked.error).toBeUndefined();
    expect(`${checked.stdout}${checked.stderr}`.split("\n").filter((line) => line.includes("fraisier"))).toEqual([]);
  });

  it("has the bounds that the store counts by", async () => {
    const store = await freshStore();
    const database = new Database(store.file, { readonly: true });
    const sql = String(database.prepare("select sql from sqlite_master where name = 'tr_wait_duration'").pluck().get());
    database.close();
    const bounds = [...sql.matchAll(/then (\d+)/g)].map(([, ms]) => Number(ms) / 1000);
    expect(bounds).toEqual(DURATION_BOUNDS);
  });
});
