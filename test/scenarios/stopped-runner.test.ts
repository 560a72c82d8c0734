import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";

/** What `systemctl stop` of its unit does to a runner, and what a reboot does. */
function terminate(row: DeploymentRow): void {
  process.kill((JSON.parse(row.runner_identity ?? "{}") as { pid: number }).pid, "SIGTERM");
}

async function inStep(scenario: Scenario, id: string, name: string): Promise<DeploymentRow> {
  await until(`step ${name}`, async () => {
    const detail = await scenario.store.deploymentDetail(id);
    return detail?.steps.some(({ step, status }) => step === name && status === "started") === true;
  });
  const row = (await scenario.store.deploymentDetail(id))?.deployment;
  if (row === undefined) throw new Error("no row");
  return row;
}

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
      const row = await inStep(scenario, id, "build");
      terminate(row);
    }
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 6 });
    expect(await scenario.answer()).toBe("version 1");
    expect(builds().filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    const why = await scenario.fraisier("why", id);
    expect(why.stdout).toContain("Its runner was stopped 5 times");
    expect(why.stdout).not.toContain("died");
  });

  it("while it checks health: taken back by the next runner, and the revision is not blamed", async () => {
    const scenario = await createScenario({ stableForMs: 2_000 });
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    const before = await scenario.settled(good);
    const next = await scenario.commit("2");
    await scenario.push();
    const { id } = await scenario.settled(next, "running");
    terminate(await inStep(scenario, id, "check-health"));
    expect(await scenario.settled(next)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("the runner was stopped in health_check"),
    });
    expect(await scenario.answer()).toBe("version 1");
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${before.id}`);
    expect((await scenario.store.targetStatus())[0]?.hold_reason).toBeNull();
  });

  it("after a person asked for a cancellation: it ends as cancelled", async () => {
    const scenario = await createScenario({ environment: "build: sleep 46.7" });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    const row = await inStep(scenario, id, "build");
    await scenario.store.cancelDeployment(id, "ann", "cancelled by ann");
    terminate(row);
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
    const row = await inStep(scenario, id, "build");
    await scenario.program("touch", join(scenario.app, "stopped"));
    process.kill(Number(readFileSync(pid, "utf8")), "SIGTERM");
    terminate(row);
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 2 });
  });
});
