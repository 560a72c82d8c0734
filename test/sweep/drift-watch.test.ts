import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { families } from "../../src/compose/app.ts";
import { lenderOf } from "../../src/config/targets/code-from.ts";
import { parseConfig } from "../../src/config/load.ts";
import { createLog } from "../../src/log.ts";
import { localHost } from "../../src/host/local-host.ts";
import { startDriftWatch } from "../../src/sweep/drift-watch.ts";
import { until } from "../helpers/scenario.ts";
import { freshStore, revision, wanted } from "../helpers/store.ts";

const JOBS = `git: { github: { webhook_secret: a-long-secret } }
fraises:
  reports:
    type: scheduled
    repository: acme/shop
    environments:
      production:
        branch: main
        app_path: /srv/reports
        user: shop
        jobs: { daily: { systemd_service: shop-daily, schedule: daily, command: ./bin/report } }
`;

it("a job that fails at every run never looks well in its state, and its state outlives a reboot", async () => {
  const { targets } = parseConfig(JOBS, "fraises.yaml", families, {});
  const [target] = targets;
  if (target === undefined) throw new Error("there is a job");
  const store = await freshStore();
  await store.queue.enqueue(target, "person", wanted(revision("a")));
  const failed = { result: "exit-code", exitCode: 3, at: "2026-11-21T02:00:00.000Z" };
  const watchOnce = async (runs: ReadonlyMap<string, typeof failed>): Promise<void> => {
    let looks = 0;
    const watch = startDriftWatch({
      store,
      host: localHost(),
      targets: () => targets,
      managedOf: () => ({ service: undefined, units: undefined }),
      lenderOf,
      lastRuns: async () => {
        looks += 1;
        return runs;
      },
      redact: String,
      log: createLog(String),
      signal: new AbortController().signal,
    });
    onTestFinished(() => watch.stopped());
    await until("the look", async () => looks > 0);
    await watch.stopped();
  };
  const state = async (): Promise<unknown> => {
    const [row] = await store.targets.status(target);
    return { result: row?.lastRun?.result, exitCode: row?.lastRun?.exitCode, at: row?.lastRun?.at };
  };
  await watchOnce(new Map([["reports/production/daily", failed]]));
  expect(await state()).toEqual(failed);
  // After a reboot systemd knows nothing of it.
  await watchOnce(new Map());
  expect(await state()).toEqual(failed);
});

it("the next look at the host begins a pause after the last one has ended, however long that took", async () => {
  const { targets } = parseConfig(JOBS, "fraises.yaml", families, {});
  const store = await freshStore();
  const PAUSE_MS = 50;
  const looks: { begins: number; ends: number }[] = [];
  const watch = startDriftWatch(
    {
      store,
      host: localHost(),
      targets: () => targets,
      managedOf: () => ({ service: undefined, units: undefined }),
      lenderOf,
      async lastRuns() {
        const begins = performance.now();
        await sleep(3 * PAUSE_MS);
        looks.push({ begins, ends: performance.now() });
        return new Map();
      },
      redact: String,
      log: createLog(String),
      signal: new AbortController().signal,
    },
    PAUSE_MS,
  );
  onTestFinished(() => watch.stopped());
  await until("three looks", async () => looks.length >= 3);
  await watch.stopped();
  const pauses = looks.slice(1).map(({ begins }, index) => begins - (looks[index]?.ends ?? 0));
  // Timers of Node may be a millisecond early.
  expect(pauses.filter((pause) => pause < PAUSE_MS - 2)).toEqual([]);
  const { length } = looks;
  await sleep(3 * PAUSE_MS);
  expect(looks).toHaveLength(length);
});
