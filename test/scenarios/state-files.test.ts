import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { LOADED } from "../helpers/loaded.ts";
import { mountSmall } from "../helpers/mount-small.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";
import { removeFolder } from "../helpers/remove-folder.ts";

async function deployed(options = {}): Promise<Scenario> {
  const scenario = await createScenario(options);
  await scenario.start();
  expect(await pushed(scenario, "1")).toMatchObject({ status: "succeeded" });
  return scenario;
}

async function pushed(scenario: Scenario, version: string, files = {}): Promise<DeploymentRow> {
  const revision = await scenario.commit(version, files);
  await scenario.push();
  return await scenario.settled(revision);
}

describe("a file of the state folder that is lost under a living daemon", () => {
  it("the poke file: pushes and deployments by hand start all the same", async () => {
    const scenario = await deployed();
    rmSync(join(scenario.folder, "fraisier.db.poke"));
    expect(await pushed(scenario, "2")).toMatchObject({ status: "succeeded" });
    rmSync(join(scenario.folder, "fraisier.db.poke"));
    const { exitCode } = await scenario.fraisier("deploy", "shop", "production", "--wait");
    expect(exitCode).toBe(0);
  });

  it("every mirror: the next push fetches a new one", async () => {
    const scenario = await deployed();
    removeFolder(join(scenario.folder, "mirrors"));
    expect(await pushed(scenario, "2")).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 2");
  });

  it("the key: the deployment fails, names the key and holds nothing, and works once the key is back", async () => {
    const scenario = await deployed();
    const key = join(scenario.folder, "fraisier.key");
    await scenario.fraisierReads("value\n", "env", "set", "shop", "NAME", "--target", "production");
    renameSync(key, `${key}.elsewhere`);
    const revision = await scenario.commit("2");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "failed", reason: expect.stringContaining(key) });
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
    renameSync(`${key}.elsewhere`, key);
    expect((await scenario.fraisier("deploy", "shop", "production", "--wait")).exitCode).toBe(0);
    expect(await scenario.answer()).toBe("version 2");
  });
});

describe("the disk of the mirrors", () => {
  it("is full: the deployment fails with ENOSPC and holds nothing, and is tried again by itself once there is room", async () => {
    const scenario = await deployed({ deployment: "retries: 3" });
    if (!mountSmall(scenario.folder, "mirrors", 4)) return;
    const revision = await scenario.commit("2", { noise: randomBytes(8 << 20).toString("base64") });
    await scenario.push();
    await until("the retry", async () => (await scenario.settled(revision, "queued")).retry === 1);
    const failed = (await scenario.store.deployments.history({ limit: 5 })).find(({ status }) => status === "failed");
    expect(failed).toMatchObject({ revision, hint: expect.stringMatching(/disk .*is full.*not held/s) });
    execFileSync("mount", ["-o", "remount,size=128m", join(scenario.folder, "mirrors")]);
    expect(await scenario.settled(revision, "succeeded")).toMatchObject({ retry: 1 });
  });

  it("is read-only: the deployment fails, says so and holds nothing, and a push works once it is writable", async () => {
    const scenario = await deployed();
    const mirrors = join(scenario.folder, "mirrors");
    if (!mountSmall(scenario.folder, "mirrors", 16)) return;
    execFileSync("mount", ["-o", "remount,ro", mirrors]);
    const row = await pushed(scenario, "2");
    expect(row).toMatchObject({ status: "failed", reason: expect.stringMatching(/[Rr]ead-only file system/) });
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
    execFileSync("mount", ["-o", "remount,rw", mirrors]);
    expect(await pushed(scenario, "3")).toMatchObject({ status: "succeeded" });
  });
});

describe("the whole state folder", () => {
  it("is gone: pushes are refused and health says why within four seconds; it is brought back from what is open", async () => {
    const prepare = (path: string): void => {
      execFileSync("mkdir", ["-p", path]);
      chmodSync(path, 0o750);
    };
    const scenario = await createScenario({ store: { folder: "state", prepare } });
    await scenario.start();
    const target = { fraise: "shop", environment: "production", job: "" };
    await scenario.store.targets.lock({ ...target, reason: "kept waiting", lockedBy: "ann", lockedAt: "" });
    const revision = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(revision, "queued");
    removeFolder(join(scenario.folder, "state"));
    const since = performance.now();
    const health = await fetch(`${scenario.url}/health`);
    expect([health.status, await health.text()]).toEqual([503, expect.stringContaining("store_unavailable")]);
    expect((await scenario.deliver({ before: "0".repeat(40), after: revision })).status).toBe(503);
    expect(performance.now() - since).toBeLessThan(LOADED * 8_000);
    expect((await scenario.fraisier("repair", "--yes")).stdout).toContain("is back");
    await scenario.stop();
    await scenario.start();
    const history = await scenario.fraisier("history", "--json");
    expect(history.stdout).toContain(revision);
    onTestFinished(() => removeFolder(join(scenario.folder, "state")));
  });
});
