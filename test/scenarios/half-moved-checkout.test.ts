import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";

describe("a runner that is killed while git moves a checkout in place", () => {
  it("leaves neither its git working nor the checkout half moved: this deployment and later ones succeed", async () => {
    const scenario = await createScenario({ layout: "in_place" });
    await scenario.commit("0", { ".gitattributes": "slow.txt filter=slow\n" });
    await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
    await scenario.git("clone", "--quiet", "--branch", "elsewhere", scenario.bare, scenario.app);
    const [waits, reached] = [join(scenario.folder, "waits"), join(scenario.folder, "reached")];
    const smudge = `if [ -e ${waits} ]; then touch ${reached}; exec sleep 60; else cat; fi`;
    const home = join(scenario.folder, "home");
    mkdirSync(home);
    await scenario.program("git", "config", "--file", join(home, ".gitconfig"), "filter.slow.smudge", smudge);
    await scenario.with({ HOME: home }).start();
    writeFileSync(waits, "");
    const revision = await scenario.commit("1", { "new.txt": "new", "slow.txt": "slow", "zz-new.txt": "new" });
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    await until("git to write slow.txt", async () => existsSync(reached));
    expect(existsSync(join(scenario.app, "new.txt"))).toBe(true);
    expect(existsSync(join(scenario.app, "zz-new.txt"))).toBe(false);
    rmSync(waits);
    const runner = (await scenario.store.deployments.detail(id))?.deployment.runnerIdentity;
    process.kill((JSON.parse(runner ?? "") as { pid: number }).pid, "SIGKILL");

    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 2 });
    expect(await scenario.answer()).toBe("version 1");
    const status = ["-C", scenario.app, "status", "--porcelain"];
    expect(await scenario.program("git", ...status)).toBe("");
    const next = await scenario.commit("2", { "new.txt": "newer" });
    await scenario.push();
    expect(await scenario.settled(next)).toMatchObject({ status: "succeeded" });
    expect(await scenario.program("git", ...status)).toBe("");
  });
});
