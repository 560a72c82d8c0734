import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { targetStatistics } from "../../src/answers/statistics/target-statistics.ts";
import { sqliteMigrations } from "../../src/store/migrations/sqlite-migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { API, freshStore } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

interface Ended {
  readonly fraise?: string;
  readonly status: string;
  readonly day: string;
  /** Milliseconds of the steps build and check-health. */
  readonly took?: readonly [build: number, health: number];
}

const NOVEMBER = { since: "2026-11-01", days: 3 };

/** Writes deployments that ended, as a runner leaves them. */
function write(file: string, ended: readonly Ended[]): void {
  const database = new Database(file);
  const deployment = database.prepare(
    `insert into tb_deployment (id, fraise, environment, trigger, triggered_by, revision, status, queued_at, started_at, finished_at)
     values (?, ?, 'production', 'delivery', 'ann', 'abc', ?, ?, ?, ?)`,
  );
  const step = database.prepare(
    `insert into tb_deployment_step (deployment_id, sequence, step, phase, status, started_at, duration_ms) values (?, ?, ?, ?, 'finished', ?, ?)`,
  );
  for (const [index, { fraise = "api", status, day, took }] of ended.entries()) {
    const id = String(index).padStart(13, "0");
    const at = `${day}T10:00:00.000Z`;
    deployment.run(id, fraise, status, at, at, status === "running" ? null : at);
    if (took === undefined) continue;
    step.run(id, 1, "build", "building", at, took[0]);
    step.run(id, 2, "test", "building", at, took[0]);
    step.run(id, 3, "check-health", "health_check", at, took[1]);
  }
  database.close();
}

describe("statistics of deployments", () => {
  it("count what ended in the days that are asked for, by target; what runs has not ended", async () => {
    const store = await freshStore();
    write(store.file, [
      { status: "succeeded", day: "2026-10-01" },
      { status: "succeeded", day: "2026-11-01" },
      { status: "failed", day: "2026-11-02" },
      { status: "rolled_back", day: "2026-11-02" },
      { status: "rollback_failed", day: "2026-11-03" },
      { status: "superseded", day: "2026-11-03" },
      { status: "skipped", day: "2026-11-03" },
      { status: "cancelled", day: "2026-11-03" },
      { status: "running", day: "2026-11-03" },
      { fraise: "web", status: "succeeded", day: "2026-11-03" },
    ]);
    const [api, web] = await store.deployments.counts("2026-11-01");
    expect(api).toMatchObject({
      ...API,
      deployments: 7,
      succeeded: 1,
      failed: 1,
      rolledBack: 1,
      rollbackFailed: 1,
      superseded: 1,
      skipped: 1,
      cancelled: 1,
      lastFinishedAt: "2026-11-03T10:00:00.000Z",
      byDay: [
        { day: "2026-11-01", succeeded: 1, failed: 0 },
        { day: "2026-11-02", succeeded: 0, failed: 2 },
        { day: "2026-11-03", succeeded: 0, failed: 1 },
      ],
    });
    expect(web).toMatchObject({ fraise: "web", deployments: 1, succeeded: 1 });
    expect(await store.deployments.counts("2026-11-01", { fraise: "web" })).toEqual([web]);
    expect(await store.deployments.counts("2026-11-01", { environment: "staging" })).toEqual([]);
    if (api === undefined) throw new Error("api has deployments");
    // Superseded, skipped and cancelled deployments say nothing of whether revisions hold.
    expect(targetStatistics({ counts: api, durations: [], ended: [] }, NOVEMBER).success_rate).toBe(0.25);
  });

  it("say how long each phase took in the successes of those days, and not how long failures took to fail", async () => {
    const store = await freshStore();
    write(store.file, [
      { status: "succeeded", day: "2026-10-01", took: [90_000, 90_000] },
      { status: "succeeded", day: "2026-11-01", took: [1_000, 300] },
      { status: "rolled_back", day: "2026-11-02", took: [70_000, 70_000] },
      { status: "succeeded", day: "2026-11-03", took: [2_000, 500] },
    ]);
    const [counts] = await store.deployments.counts("2026-11-01");
    if (counts === undefined) throw new Error("there are deployments");
    const newest = await store.deployments.phaseDurations(counts, 100);
    const { durations } = targetStatistics({ counts, durations: newest, ended: [] }, NOVEMBER);
    expect(durations).toEqual({
      deployments: 2,
      average_ms: 3_400,
      median_ms: 2_300,
      p95_ms: 4_500,
      phases: [
        { phase: "building", average_ms: 3_000, median_ms: 2_000, p95_ms: 4_000, longest_ms: 4_000 },
        { phase: "health_check", average_ms: 400, median_ms: 300, p95_ms: 500, longest_ms: 500 },
      ],
    });
    expect((await store.deployments.phaseDurations(counts, 1)).map(({ phases }) => phases.building)).toEqual([4_000]);
  });

  it("are there for a store of the version before them, too", async () => {
    const file = `${temporaryFolder()}/store.db`;
    await (await openStore(`sqlite:${file}`, { migrations: sqliteMigrations.slice(0, 1), views: [] })).close();
    write(file, [{ status: "succeeded", day: "2026-11-03" }]);
    const store = await openStore(`sqlite:${file}`);
    expect(await store.deployments.counts("2026-11-03")).toMatchObject([{ ...API, succeeded: 1 }]);
    await store.close();
  });
});
