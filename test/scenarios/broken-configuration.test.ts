import { appendFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";

interface Broken {
  /** A copy that is sound: for who looks meanwhile. */
  readonly sound: string;
  mend(): void;
}

function breakConfiguration(scenario: Scenario): Broken {
  const [file, sound] = [join(scenario.folder, "fraises.yaml"), join(scenario.folder, "sound.yaml")];
  copyFileSync(file, sound);
  appendFileSync(file, "bad: [\n");
  return { sound, mend: () => copyFileSync(sound, file) };
}

async function held(scenario: Scenario, id: string): Promise<DeploymentRow> {
  let row: DeploymentRow | undefined;
  await until("the reason why it waits", async () => {
    row = (await scenario.store.deployments.detail(id))?.deployment;
    return row?.waitsBecause !== undefined;
  });
  if (row === undefined) throw new Error("no row");
  return row;
}

const FAULT = /the configuration cannot be loaded: \S+fraises\.yaml:\d+:\d+ .*; correct it, and this goes on by itself/;

describe("fraises.yaml that is broken while the daemon runs", () => {
  it("keeps a push waiting with the reason, once in the log; it starts by itself once it is mended", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const { sound, mend } = breakConfiguration(scenario);
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "queued", "running");
    expect(await held(scenario, id)).toMatchObject({ status: "queued", waitsBecause: expect.stringMatching(FAULT) });
    expect((await scenario.fraisier("status", "--config", sound)).stdout).toMatch(FAULT);
    expect((await scenario.fraisier("why", id, "--config", sound)).stdout).toMatch(FAULT);
    // Several looks of the daemon.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(scenario.daemonLog().match(/"because":"the configuration cannot/g)).toHaveLength(1);
    mend();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "succeeded",
      attempt: 1,
      waitsBecause: undefined,
    });
    expect(await scenario.store.deployments.history({ limit: 9 })).toHaveLength(1);
  });

  it("is cancelled at once, and no override passes it", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const { sound } = breakConfiguration(scenario);
    await scenario.commit("1");
    await scenario.push();
    const override = ["--override", "now", "--config", sound];
    expect((await scenario.fraisier("deploy", "shop", "production", ...override)).exitCode).toBe(0);
    const id = (await scenario.store.deployments.history({ limit: 1 }))[0]?.id ?? "";
    expect(await held(scenario, id)).toMatchObject({ status: "queued" });
    expect((await scenario.fraisier("cancel", id, "--config", sound)).stdout).toMatch(/will not start/);
    expect((await scenario.store.deployments.detail(id))?.deployment.status).toBe("cancelled");
  });

  it("disturbs nothing that runs, and what a runner that died left is taken back with the settings it began with", async () => {
    const scenario = await createScenario({ environment: "build: test -f slow && sleep 2; true", stableForMs: 2_000 });
    await scenario.start();
    const first = await scenario.commit("1", { slow: "" });
    await scenario.push();
    await scenario.settled(first, "running");
    await until("the build", async () => {
      const row = (await scenario.store.deployments.history({ limit: 1 }))[0];
      return row?.phase === "building";
    });
    const { mend } = breakConfiguration(scenario);
    expect(await scenario.settled(first)).toMatchObject({ status: "succeeded", attempt: 1 });
    mend();
    const second = await scenario.commit("2");
    await scenario.push();
    const { id } = await scenario.settled(second, "running");
    await until("the health check", async () => {
      const steps = (await scenario.store.deployments.detail(id))?.steps ?? [];
      return steps.some(({ step, status }) => step === "check-health" && status === "started");
    });
    breakConfiguration(scenario);
    const row = await scenario.settled(second, "running");
    process.kill((JSON.parse(row.runnerIdentity ?? "{}") as { pid: number }).pid, "SIGKILL");
    expect(await scenario.settled(second)).toMatchObject({
      status: "rolled_back",
      attempt: 2,
      waitsBecause: undefined,
    });
    expect(await scenario.answer()).toBe("version 1");
  });
});
