import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runnerIn, secondRunnerAt } from "../helpers/held-runner.ts";
import { WAIT_AT_GATE, createScenario, openGate, until } from "../helpers/scenario.ts";

describe("processes that die", () => {
  it("a runner killed while it builds: taken up again from the last finished step", async () => {
    const scenario = await createScenario({ environment: "install: echo installed >> ../../installs\nbuild: sleep 1" });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    (await runnerIn(scenario, id, "build")).kill();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 2 });
    expect(await scenario.answer()).toBe("version 1");
    const detail = await scenario.store.deployments.detail(id);
    expect(detail?.steps.map(({ status }) => status)).not.toContain("started");
  });

  it("a runner killed in its last step: what that step left running is ended, not what finished ones started", async () => {
    const start = (name: string): string =>
      `setsid -f sh -c 'echo $$ >> $FRAISIER_APP_PATH/${name}; exec sleep 99.3'; until test -s $FRAISIER_APP_PATH/${name}; do sleep 0.05; done`;
    const scenario = await createScenario({
      environment: `build: "${start("of-build")}"\nhooks: { after_deploy: "${start("of-hook")}; test $(wc -l < $FRAISIER_APP_PATH/of-hook) = 2 || sleep 47.3" }`,
    });
    await scenario.start();
    const pids = (name: string): readonly number[] =>
      readFileSync(join(scenario.app, name), "utf8").trim().split("\n").map(Number);
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    await until("the hook", async () => pids("of-hook").length === 1);
    (await runnerIn(scenario, id, "after_deploy")).kill();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 2 });
    const left = [...pids("of-build"), ...pids("of-hook")].map((pid) => existsSync(`/proc/${pid}`));
    for (const pid of [...pids("of-build"), ...pids("of-hook").slice(1)]) process.kill(pid, "SIGKILL");
    expect(left).toEqual([true, false, true]);
  });

  it("a runner killed while it checks health: rolled back, and the revision is not blamed", async () => {
    const { scenario, before, revision, runner } = await secondRunnerAt("health_check");
    runner.kill();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("the runner died in health_check"),
    });
    expect(await scenario.answer()).toBe("version 1");
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${before.id}`);
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
  });

  it("a runner killed while it verifies: rolled back, the revision not blamed, and half a suite is not on record", async () => {
    const scenario = await createScenario({
      environment:
        "verify: [{ type: command, command: 'true' }, { type: command, command: 'grep -q 1 VERSION || sleep 47.1' }]",
    });
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const next = await scenario.commit("2");
    await scenario.push();
    const { id } = await scenario.settled(next, "running");
    await until("the second check", async () => {
      const phases = (await scenario.store.deployments.detail(id))?.phases ?? [];
      return phases.some(({ phase, metadata }) => phase === "verifying" && JSON.stringify(metadata).includes("passed"));
    });
    (await runnerIn(scenario, id, "verify-release")).kill();
    expect(await scenario.settled(next)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("the runner died in verifying"),
    });
    expect(await scenario.answer()).toBe("version 1");
    expect(await scenario.store.verifications.checks(id)).toEqual([]);
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
  });

  it("the daemon killed during a deployment: the runner goes on, and a new daemon starts what waits", async () => {
    const scenario = await createScenario({ environment: `build: ${WAIT_AT_GATE}` });
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(one, "running");
    const two = await scenario.commit("2");
    await scenario.push();
    await scenario.stop("SIGKILL");
    openGate(scenario);
    expect(await scenario.settled(one)).toMatchObject({ status: "succeeded", attempt: 1 });
    expect((await scenario.settled(two, "queued")).status).toBe("queued");
    await scenario.start();
    expect(await scenario.settled(two)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 2");
  });

  it("cancelled while it builds: ended at once, nothing touched, and the queue goes on", async () => {
    const scenario = await createScenario({ environment: "build: test -f quick || sleep 30" });
    await scenario.start();
    const slow = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(slow, "running");
    await runnerIn(scenario, id, "build");
    const cancelled = await scenario.fraisier("cancel", id);
    expect(cancelled).toMatchObject({ exitCode: 0 });
    expect(await scenario.settled(slow)).toMatchObject({
      status: "cancelled",
      reason: expect.stringContaining("cancelled by"),
    });
    const quick = await scenario.commit("2", { quick: "" });
    await scenario.push();
    expect(await scenario.settled(quick)).toMatchObject({ status: "succeeded" });
  });

  it("a build that takes longer than its time is ended with everything it started", async () => {
    const scenario = await createScenario({ environment: "timeout: 2s\nbuild: sleep 61.5 & sleep 61.5" });
    await scenario.start();
    const slow = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(slow)).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/longer than 2 s|within its timeout of 2 s/),
    });
    const { execFileSync } = await import("node:child_process");
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("sleep 61.5");
  });
});
