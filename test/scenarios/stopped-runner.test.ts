import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runnerIn, secondRunnerAt } from "../helpers/held-runner.ts";
import { createScenario, until } from "../helpers/scenario.ts";

describe("a runner that is stopped by SIGTERM", () => {
  it("while it builds: nobody cancelled it, so the next runner builds again, and no death is counted", async () => {
    const scenario = await createScenario({
      environment: "build: echo $$ >> ../../builds; test $(wc -l < ../../builds) -gt 5 || exec sleep 47.2",
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    const builds = (): readonly string[] => readFileSync(join(scenario.app, "builds"), "utf8").trim().split("\n");
    for (let stops = 1; stops <= 5; stops++) {
      await until(`build ${stops}`, async () => builds().length === stops);
      (await runnerIn(scenario, id, "build")).terminate();
    }
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 6 });
    expect(await scenario.answer()).toBe("version 1");
    expect(builds().filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    const why = await scenario.fraisier("why", id);
    expect(why.stdout).toContain("Its runner was stopped 5 times");
    expect(why.stdout).not.toContain("died");
    const shown = await scenario.fraisier("show", id);
    expect(shown.stdout).toMatch(/^attempts +Its runner was stopped 5 times/m);
    expect(shown.stdout).not.toContain("died");
  });

  it("while it checks health: taken back by the next runner, and the revision is not blamed", async () => {
    const { scenario, before, revision, runner } = await secondRunnerAt("health_check");
    runner.terminate();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("the runner was stopped in health_check"),
    });
    expect(await scenario.answer()).toBe("version 1");
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${before.id}`);
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
  });

  it("after a person asked for a cancellation: it ends as cancelled", async () => {
    const scenario = await createScenario({ environment: "build: sleep 46.7" });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    const runner = await runnerIn(scenario, id, "build");
    await scenario.store.queue.cancel(id, "ann", "cancelled by ann");
    runner.terminate();
    expect(await scenario.settled(revision)).toMatchObject({ status: "cancelled", reason: "cancelled by ann" });
  });

  it("by a machine that goes down with every command of the runner: the revision did not fail", async () => {
    const scenario = await createScenario({
      environment: "build: test -e ../../stopped || { echo $$ > ../../pid; exec sleep 46.8; }",
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    const pid = join(scenario.app, "pid");
    await until("the build", async () => readFileSync(pid, "utf8").endsWith("\n"));
    const runner = await runnerIn(scenario, id, "build");
    await scenario.program("touch", join(scenario.app, "stopped"));
    process.kill(Number(readFileSync(pid, "utf8")), "SIGTERM");
    runner.terminate();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 2 });
  });
});
