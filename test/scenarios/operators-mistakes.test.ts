import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario, ScenarioOptions } from "../helpers/scenario.ts";

async function deploy(scenario: Scenario, version: string): Promise<DeploymentRow> {
  const revision = await scenario.commit(version);
  await scenario.push();
  return await scenario.settled(revision);
}

async function running(options: ScenarioOptions): Promise<Scenario> {
  const scenario = await createScenario(options);
  await scenario.start();
  return scenario;
}

describe("a failure without the revision's fault", () => {
  it("a hook after a deployment that fails is told, and the release stays", async () => {
    const scenario = await running({ environment: "hooks: { after_deploy: ['echo the chat is down >&2; exit 7'] }" });
    const row = await deploy(scenario, "1");
    expect(row).toMatchObject({
      status: "succeeded",
      reason: expect.stringMatching(/hook after_deploy ended with exit code 7.*the chat is down/),
    });
    expect(await scenario.answer()).toBe("version 1");
    expect((await scenario.fraisier("why", row.id)).stdout).toContain("the chat is down");
  });

  it("a hook after a deployment takes it back where that is asked for", async () => {
    const scenario = await running({
      environment: "hooks: { after_deploy: { commands: ['exit 7'], on_error: fail } }",
    });
    expect(await deploy(scenario, "1")).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("exit code 7"),
    });
  });

  it("a full disk after the release went live is no reason to hold the revision", async () => {
    const scenario = await running({
      environment:
        "hooks: { after_deploy: { commands: ['grep -q full VERSION && echo write: No space left on device >&2; ! grep -q full VERSION'], on_error: fail } }",
    });
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    const row = await deploy(scenario, "2 full");
    expect(row).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("no space is left"),
      hint: expect.stringContaining("This is not the revision's fault, and the revision is not held."),
    });
    const [state] = await scenario.store.targets.status({ fraise: "shop", environment: "production" });
    expect(state).toMatchObject({ hold: undefined });
    const status = (await scenario.fraisier("status")).stdout;
    expect(status).toContain("not the revision's fault");
    expect(status).toContain(`fraisier deploy shop production --revision ${row.revision}`);
  });
});

describe("hints", () => {
  it("reach whoever waits, asks why, looks at the deployment, or pushes what is held", async () => {
    const scenario = await running({});
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    const revision = await scenario.commit("2 broken");
    await scenario.git("push", "origin", "main").catch(String);
    const row = await scenario.settled(revision);
    expect(row.status).toBe("rolled_back");
    const advice = "fraisier resume shop production to try the same revision again";
    expect((await scenario.fraisier("why", row.id)).stdout).toContain(advice);
    expect((await scenario.fraisier("show", row.id)).stdout).toContain(advice);
    expect((await scenario.fraisier("status")).stdout).toContain(advice);
    const again = await scenario.fraisier("deploy", "shop", "production", "--revision", revision, "--wait");
    expect(again).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(advice) });
    expect(again.stdout).toContain("not healthy after");
    const answer = await scenario.deliver({ before: "0".repeat(40), after: revision, forced: false });
    expect(await answer.json()).toMatchObject({
      decisions: [
        {
          decision: "held",
          reason: expect.stringContaining("fraisier resume shop production"),
          hint: expect.stringContaining("The last lines of the service"),
        },
      ],
    });
  });

  it("say nothing of a button to a bare repository whose secret is wrong", async () => {
    const scenario = await running({});
    const answer = await scenario.deliver({}, { "x-fraisier-signature": `sha256=${"0".repeat(64)}` });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ hint: expect.stringContaining("fraisier.secretFile") });
    const told = (await scenario.fraisier("why", "last")).stdout + (await scenario.fraisier("webhooks")).stdout;
    expect(told).not.toContain("Redeliver");
  });
});
