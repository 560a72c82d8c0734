import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { systemClock } from "../src/host/clock.ts";
import { ownIdentity } from "../src/host/process-identity.ts";
import { createLog } from "../src/log.ts";
import type { Launcher } from "../src/launchers/launcher.ts";
import { startDispatcher } from "../src/queue/dispatcher.ts";
import type { DispatcherParts } from "../src/queue/dispatcher.ts";
import { openStore } from "../src/store/store.ts";
import type { Store } from "../src/store/store.ts";
import { figure } from "./figure.ts";
import type { Row } from "./figure.ts";
import type { Part } from "./part.ts";
import { median } from "./statistics.ts";

const DEAD = 1_000;
const STARTS = 100;

/** How fast the dispatcher takes up what died, and what was queued. Runners are stood in for: what is measured is fraisier's part before them. */
export const recovery: Part = {
  letter: "f",
  title: "Recovery and dispatch",
  async run(folder) {
    return [await recoveryRow(folder), await dispatchRow(folder, "daemon"), await dispatchRow(folder, "command line")];
  },
};

async function recoveryRow(folder: string): Promise<Row> {
  const store = await openStore(`sqlite:${join(folder, "dead.db")}`);
  const dead = JSON.stringify({ ...ownIdentity(), pid: spawnSync("true").pid });
  for (let n = 0; n < DEAD; n++) {
    const { deployment } = await store.queue.enqueue(target(n), "person", wanted(n));
    await store.queue.claim(deployment, { leaseMs: 20_000, claimer: dead });
    await store.queue.adopt(deployment, { owner: "dead", kind: "process", identity: dead }, 30_000);
  }
  const done = Promise.withResolvers<void>();
  let settled = 0;
  const startedAt = performance.now();
  const dispatcher = startDispatcher(
    parts(store, DEAD, async (id) => {
      await store.queue.adopt(id, { owner: id, kind: "process", identity: JSON.stringify(ownIdentity()) }, 30_000);
      await store.deployments.settle(id, id, { outcome: "failed", reason: "", hint: "" });
      settled += 1;
      if (settled === DEAD) done.resolve();
    }),
  );
  await done.promise;
  const seconds = (performance.now() - startedAt) / 1000;
  await dispatcher.stop();
  await store.close();
  const measured = `${DEAD} deployments whose runners died: each revoked, reclaimed, adopted and settled, with fsync`;
  return figure("recovery.dead", measured, seconds, {
    unit: " s",
    digits: 1,
    wanted: { most: 5 },
    boundBy: "each of them is a few commits of its own, and each commit is an fsync.",
  });
}

/** From the commit of a queued deployment until its runner is launched. */
async function dispatchRow(folder: string, from: "daemon" | "command line"): Promise<Row> {
  const url = `sqlite:${join(folder, "dispatch.db")}`;
  const [store, other] = [await openStore(url), await openStore(url)];
  let launched = Promise.withResolvers<number>();
  const dispatcher = startDispatcher(parts(store, 4, async () => launched.resolve(performance.now())));
  const times: number[] = [];
  for (let n = 0; n < STARTS; n++) {
    launched = Promise.withResolvers<number>();
    // A poke in the pause after the last one waits for its end.
    await new Promise((resolve) => setTimeout(resolve, 60));
    const { deployment } = await other.queue.enqueue(target(n), "person", wanted(n));
    const committedAt = performance.now();
    if (from === "daemon") dispatcher.poke();
    else other.poke();
    times.push((await launched.promise) - committedAt);
    await store.queue.adopt(
      deployment,
      { owner: "o", kind: "process", identity: JSON.stringify(ownIdentity()) },
      30_000,
    );
    await store.deployments.settle(deployment, "o", { outcome: "succeeded", reason: "", hint: "" });
  }
  await dispatcher.stop();
  await store.close();
  await other.close();
  const worst = Math.max(...times);
  const measured = `from the commit of a queued deployment to the launch of its runner, poked by the ${from}: worst of ${STARTS}`;
  return figure(`dispatch.${from.replace(" ", "-")}`, measured, worst, {
    unit: " ms",
    digits: 1,
    wanted: { most: 100 },
    boundBy: "the kernel tells of the poke, and the dispatcher reads the queue once.",
    result: `${worst.toFixed(1)} ms, median ${median(times).toFixed(1)} ms`,
  });
}

function parts(store: Store, concurrency: number, launch: (id: string) => Promise<void>): DispatcherParts {
  const launcher: Launcher = {
    name: "stand-in",
    isAvailable: async () => true,
    tellsStore: async () => true,
    launch: ({ deployment }) => launch(deployment),
    stop: async () => {},
  };
  return {
    store,
    host: "",
    leading: () => store,
    launcher,
    stopRunner: async () => {},
    configFile: "",
    settings: () => ({
      concurrency,
      timeoutMs: 60_000,
      stuckAfterMs: 60_000,
      freezeOf: () => [],
      lenderOf: () => undefined,
      hostsOf: () => undefined,
    }),
    configFault: async () => undefined,
    storeFault: async () => undefined,
    targetFault: async () => undefined,
    clock: systemClock,
    log: createLog((text) => text, "silent"),
  };
}

function target(n: number) {
  return { fraise: `fraise${n}`, environment: "production", job: "" };
}

function wanted(n: number) {
  return {
    revision: n.toString(16).padStart(40, "0").replace(/^0/, "1"),
    previous: undefined,
    ref: undefined,
    forced: false,
    message: "",
    triggeredBy: "bench",
  };
}
