import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/host/clock.ts";
import { failedLaunches } from "../../src/queue/failed-launches.ts";
import { startDispatcher } from "../../src/queue/dispatcher.ts";
import { createLog } from "../../src/log.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";
import { until } from "../helpers/scenario.ts";

describe("a launch that leads to no runner", () => {
  it("is never tried again in a loop without a pause, and is tried at once after a runner worked", () => {
    let now = 0;
    const launches = failedLaunches(() => now);
    const pauses = [];
    for (let times = 0; times < 8; times++) {
      launches.failed("a", "no such program");
      const from = now;
      while (launches.because("a") !== undefined) now += 500;
      pauses.push(now - from);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    launches.failed("a", "no such program");
    expect(launches.because("a")).toEqual({ kind: "launch", failure: "no such program" });
    launches.forget("a");
    expect(launches.because("a")).toBeUndefined();
  });

  it.each([
    ["the launch itself fails", "refused"],
    ["the runner ends before it takes the deployment up", "ends"],
    ["a runner launched elsewhere is gone", "lost"],
  ] as const)("is never silent, and is found within seconds, if %s", async (_what, how) => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    let launches = 0;
    const dispatcher = startDispatcher({
      store,
      host: "",
      leading: () => store,
      launcher: {
        name: "stand-in",
        isAvailable: async () => true,
        tellsStore: async () => true,
        stop: async () => {},
        lost: async () => (how === "lost" ? "the unit is masked" : undefined),
        async launch({ onExit }) {
          launches += 1;
          if (how === "refused") throw new Error("the unit is masked");
          if (how === "ends") onExit("exit code 1");
        },
      },
      stopRunner: async () => {},
      configFile: "",
      settings: () => ({
        concurrency: 4,
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
      log: createLog((text) => text),
    });
    try {
      const said = how === "ends" ? "it ended (exit code 1)" : "the unit is masked";
      await until("it says why", async () => {
        const [status] = await store.targets.status(API);
        return status?.running?.waitsBecause?.includes(said) === true;
      });
      await until("the next launch", async () => launches >= 2);
      expect((await store.deployments.detail(deployment))?.deployment.attempt).toBe(0);
    } finally {
      await dispatcher.stop();
    }
  });
});
