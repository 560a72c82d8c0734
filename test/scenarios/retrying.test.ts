import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";

async function diesInHealthCheck(scenario: Scenario, revision: string): Promise<DeploymentRow> {
  const { id } = await scenario.settled(revision, "running");
  await until("the health check", async () => {
    const detail = await scenario.store.deployments.detail(id);
    return detail?.steps.some(({ step, status }) => step === "check-health" && status === "started") === true;
  });
  const row = (await scenario.store.deployments.detail(id))?.deployment;
  process.kill((JSON.parse(row?.runnerIdentity ?? "{}") as { pid: number }).pid, "SIGKILL");
  await until(
    "the end",
    async () => (await scenario.store.deployments.detail(id))?.deployment.finishedAt !== undefined,
  );
  const ended = (await scenario.store.deployments.detail(id))?.deployment;
  if (ended === undefined) throw new Error("no row");
  return ended;
}

describe("a deployment that failed for a reason that is not the revision's", () => {
  it("is never left behind when its runner died: it is queued again, says so, and goes live by itself", async () => {
    const scenario = await createScenario({ stableForMs: 1_000, deployment: "retries: 2" });
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const next = await scenario.commit("2");
    await scenario.push();
    const first = await diesInHealthCheck(scenario, next);
    expect(first.status).toBe("rolled_back");
    const waiting = await scenario.settled(next, "queued");
    expect(waiting).toMatchObject({ retry: 1, retryLimit: 2, retryOf: first.id, triggeredBy: first.triggeredBy });
    expect(waiting.reason).toContain(`retry 1 of 2 of deployment ${first.id}: the runner died in health_check`);
    await until("it is held", async () => (await scenario.settled(next, "queued")).waitsBecause !== undefined);
    expect((await scenario.fraisier("status")).stdout).toContain(`retry 1 of 2 is at ${waiting.notBefore}`);
    expect((await scenario.fraisier("why", first.id)).stdout).toContain(`Retry 1 of 2 waits: deployment ${waiting.id}`);
    expect((await scenario.fraisier("history")).stdout).toContain("retry 1 of 2");
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
    expect(await scenario.settled(next)).toMatchObject({ id: waiting.id, status: "succeeded" });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(waiting.notBefore ?? ""));
    expect(await scenario.answer()).toBe("version 2");
  });

  it("starts at once when a person deploys the same revision, and gives up at the limit", async () => {
    const scenario = await createScenario({
      deployment: "retries: 1",
      environment: "build: echo x >> ../../builds; echo No space left on device >&2; exit 1",
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    await until("the retry", async () => (await scenario.settled(revision, "queued")).retry === 1);
    const ofPush = await scenario.settled(revision, "queued");
    const deploy = async (): Promise<void> => {
      expect((await scenario.fraisier("deploy", "shop", "production", "--revision", revision)).exitCode).toBe(0);
    };
    // The retry of a push may still be skipped: the person's own deployment takes its place.
    await deploy();
    expect((await scenario.store.deployments.detail(ofPush.id))?.deployment.status).toBe("superseded");
    const isOwn = async (): Promise<boolean> => {
      const { trigger, retry } = await scenario.settled(revision, "queued");
      return trigger === "person" && retry === 1;
    };
    await until("the retry of the person's own", isOwn);
    const waiting = await scenario.settled(revision, "queued");
    await deploy();
    expect(await scenario.settled(revision, "failed")).toMatchObject({ id: waiting.id, retry: 1 });
    expect(Date.now()).toBeLessThan(Date.parse(waiting.notBefore ?? "") + 60_000);
    expect((await scenario.store.queue.state()).queued).toEqual([]);
    expect(readFileSync(join(scenario.app, "builds"), "utf8")).toBe("x\nx\nx\n");
  });

  it("is replaced by a newer push like anything that waits", async () => {
    const scenario = await createScenario({
      deployment: "retries: 1",
      environment: "build: test -e works || { echo No space left on device >&2; exit 1; }",
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    await until("the retry", async () => (await scenario.settled(revision, "queued")).retry === 1);
    const newer = await scenario.commit("2", { works: "" });
    await scenario.push();
    expect(await scenario.settled(newer)).toMatchObject({ status: "succeeded", retry: 0 });
    expect(await scenario.settled(revision)).toMatchObject({ status: "superseded", retry: 1 });
  });

  it("is not tried again when the build itself fails", async () => {
    const scenario = await createScenario({ deployment: "retries: 3", environment: "build: exit 1" });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "failed", retry: 0 });
    expect((await scenario.store.queue.state()).queued).toEqual([]);
  });
});
