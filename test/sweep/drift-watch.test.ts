import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { families } from "../../src/compose/app.ts";
import { lenderOf } from "../../src/config/targets/code-from.ts";
import { parseConfig } from "../../src/config/load.ts";
import { createLog } from "../../src/log.ts";
import { localHost } from "../../src/host/local-host.ts";
import { startDriftWatch } from "../../src/sweep/drift-watch.ts";
import type { Service } from "../../src/service-managers/service-manager.ts";
import { API_FRAISES } from "../helpers/parse-fraises.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

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
      managedOf: async () => () => ({ service: undefined, units: undefined }),
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
      managedOf: async () => () => ({ service: undefined, units: undefined }),
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

it("the service of a target that is deployed while systemd answers is not taken for changed", async () => {
  const { targets } = parseConfig(API_FRAISES, "fraises.yaml", families, {});
  const store = await freshStore();
  const run = async (digit: string, outcome: "succeeded" | "rolled_back"): Promise<void> => {
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision(digit)));
    await store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
    await store.queue.adopt(deployment, { owner: "runner", kind: "process", identity: "{}" }, 60_000);
    await store.deployments.settle(deployment, "runner", { outcome, reason: "", hint: "" });
  };
  await run("a", "succeeded");
  const stopped = { up: false, changing: false, failed: false, isActive: false, description: "inactive (dead)" };
  const service = {
    name: "api.service",
    state: async () => ({ ...stopped, restarts: 0, mainPid: undefined }),
    codeOrigin: async () => undefined,
  };
  let looks = 0;
  const watch = startDriftWatch(
    {
      store,
      host: localHost(),
      targets: () => targets,
      async managedOf(asked) {
        expect(asked).toHaveLength(1);
        // The service is stopped only for as long as the deployment of another revision takes.
        if (looks === 0) await run("b", "rolled_back");
        looks += 1;
        return () => ({ service: service as unknown as Service, units: undefined });
      },
      lenderOf,
      lastRuns: async () => new Map(),
      redact: String,
      log: createLog(String, "silent"),
      signal: new AbortController().signal,
    },
    2_000,
  );
  onTestFinished(() => watch.stopped());
  const drift = async (): Promise<string | undefined> => (await store.targets.status(API))[0]?.drift;
  await until("the first look", async () => looks === 1);
  expect(await drift()).toBe("");
  // It is stopped for good.
  await until("the difference", async () => (await drift()) !== "");
  expect(await drift()).toBe("api.service is inactive (dead)");
  expect(looks).toBe(2);
});

it("the daemon asks systemd once about the units of all targets that run", async () => {
  const names = ["one", "two", "three"];
  const scenario = await createScenario({
    fraises: names
      .map(
        (name) => `${name}:
  type: api
  repository: acme/${name}
  clone_url: $FOLDER/none.git
  environments: { production: { branch: main, app_path: $FOLDER/${name}, systemd_service: ${name}.service } }
`,
      )
      .join(""),
  });
  const asked = join(scenario.folder, "asked");
  const bin = join(scenario.folder, "bin");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "systemctl"),
    `#!/bin/sh
case "$*" in *" show "*one.service*) echo "$*" >> ${asked} ;; *) exit 1 ;; esac
until [ "$1" = -- ]; do shift; done; shift
for unit; do
  state=active; [ "$unit" != two.service ] || state=inactive
  printf 'LoadState=loaded\\nActiveState=%s\\nSubState=dead\\nResult=success\\nType=simple\\nMainPID=0\\n\\n' $state
done
`,
    { mode: 0o755 },
  );
  scenario.with({ PATH: `${bin}:${process.env["PATH"]}` });
  for (const name of names) {
    const key = { fraise: name, environment: "production", job: "" };
    const { deployment } = await scenario.store.queue.enqueue(key, "person", wanted(revision("a")));
    await scenario.store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
    await scenario.store.queue.adopt(deployment, { owner: "runner", kind: "process", identity: "{}" }, 60_000);
    await scenario.store.deployments.settle(deployment, "runner", { outcome: "succeeded", reason: "", hint: "" });
  }
  await scenario.start();
  const drifts = async (): Promise<readonly string[]> =>
    (await scenario.store.targets.status()).map(({ drift }) => drift).filter((drift) => drift !== "");
  await until("the look", async () => (await drifts()).length > 0, scenario.daemonLog);
  await scenario.stop();
  expect(await drifts()).toEqual(["two.service is inactive (dead)"]);
  const questions = readFileSync(asked, "utf8").trim().split("\n");
  expect(questions).toHaveLength(1);
  expect(questions[0]).toMatch(/-- one\.service two\.service three\.service$/);
});
