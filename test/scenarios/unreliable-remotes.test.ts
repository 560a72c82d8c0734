import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitOverHttp } from "../helpers/git-over-http.ts";
import type { GitOverHttp } from "../helpers/git-over-http.ts";
import { LOADED } from "../helpers/loaded.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

/** A scenario that fetches its repository over HTTP: pushes go to the same repository as ever. */
async function overHttp(): Promise<[Scenario, GitOverHttp]> {
  // Only deployments ask the remote.
  const scenario = await createScenario({ deployment: "sweep_interval: 0" });
  const remote = await gitOverHttp(scenario.bare);
  writeFileSync(join(scenario.folder, ".gitconfig"), `[url "${remote.url}"]\n\tinsteadOf = ${scenario.bare}\n`);
  // The person who pushes does not use it.
  await scenario.git("config", "remote.origin.pushurl", `file://${scenario.bare}`);
  for (const [key, value] of [
    ["user.name", "Ada"],
    ["user.email", "ada@example.com"],
  ] as const)
    await scenario.git("config", key, value);
  scenario.with({ HOME: scenario.folder });
  return [scenario, remote];
}

async function logOf(scenario: Scenario, revision: string): Promise<string> {
  const row = (await scenario.store.deployments.history({ limit: 9 })).find((each) => each.revision === revision);
  return (await scenario.fraisier("logs", row?.id ?? "")).stdout;
}

describe("a remote that cannot be reached for a while", () => {
  it("does not fail a deployment: it is asked again, and the log says so", async () => {
    const [scenario, remote] = await overHttp();
    await scenario.start();
    const revision = await scenario.commit("1");
    remote.next(502, "resets");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    const log = await logOf(scenario, revision);
    expect(log).toMatch(/returned error: 502.*: trying again in 1 s \(attempt 2 of 7\)/);
    expect(log).toMatch(/: trying again in 2 s \(attempt 3 of 7\)/);
  });

  it("is not asked again for what it refuses: a login, a repository that is not there", async () => {
    const [scenario, remote] = await overHttp();
    await scenario.start();
    for (const status of [403, 404]) {
      const revision = await scenario.commit(String(status));
      remote.requests.length = 0;
      remote.next(status, status);
      await scenario.push();
      expect(await scenario.settled(revision)).toMatchObject({ status: "failed" });
      expect(await logOf(scenario, revision)).not.toContain("trying again");
      expect(remote.requests).toHaveLength(1);
    }
  });

  it("stops being asked when the deployment is cancelled", async () => {
    const [scenario, remote] = await overHttp();
    await scenario.start();
    const revision = await scenario.commit("1");
    remote.next(...Array<503>(50).fill(503));
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    await until("the second attempt", async () => remote.requests.length >= 2);
    const cancelled = performance.now();
    await scenario.fraisier("cancel", id);
    expect(await scenario.settled(revision)).toMatchObject({ status: "cancelled" });
    expect(performance.now() - cancelled).toBeLessThan(10_000);
  });

  it("holds neither the runner nor git's transport when a fetch that hangs is cancelled", async () => {
    const [scenario, remote] = await overHttp();
    await scenario.start();
    const revision = await scenario.commit("1");
    remote.next("hangs", "hangs");
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    await until("git and its transport to wait", async () => remote.requests.length > 0 && processesOf(id).length > 2);
    await scenario.fraisier("cancel", id);
    expect(await scenario.settled(revision)).toMatchObject({ status: "cancelled" });
    const ended = performance.now();
    await until("its processes to be gone", async () => processesOf(id).length === 0);
    expect(performance.now() - ended).toBeLessThan(LOADED * 5_000);
  });
});

/** The processes of a deployment: its runner, and everything that has its mark in the environment. */
function processesOf(deployment: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return ["cmdline", "environ"].some((file) => readFileSync(`/proc/${pid}/${file}`, "utf8").includes(deployment));
      } catch {
        // It ended meanwhile.
        return false;
      }
    });
}
