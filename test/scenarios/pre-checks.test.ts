import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";

describe("the checks before anything is touched", () => {
  it("programs, units and free space that are needed: all problems at once", async () => {
    const scenario = await createScenario({
      environment:
        "needs: { commands: [git, no-such-program, nor-this-one], units: no-such-unit, free_space: 4000000TiB }\nrequired_env_vars: NOT_THERE",
    });
    await scenario.commit("1");
    await scenario.push();
    const { exitCode, stdout } = await scenario.fraisier("deploy", "shop", "production");
    expect(exitCode).toBe(1);
    const reason = /failed: (.*)/.exec(stdout)?.[1] ?? "";
    for (const words of [
      "required_env_vars not set: NOT_THERE",
      "no-such-unit.service",
      "not on PATH: no-such-program, nor-this-one",
      "4194304000000 are required",
    ]) {
      expect(reason).toContain(words);
    }
    expect(existsSync(join(scenario.folder, "mirrors"))).toBe(false);
  });

  it("a checkout that was changed by hand", async () => {
    const scenario = await createScenario({ layout: "in_place" });
    await scenario.commit("0");
    await scenario.push();
    await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
    appendFileSync(join(scenario.app, "VERSION"), "by hand\n");
    await scenario.commit("1");
    await scenario.push();
    const plan = await scenario.fraisier("plan", "shop", "production");
    expect(plan.stdout).toContain("would fail: tracked files in");
    const { stdout } = await scenario.fraisier("deploy", "shop", "production");
    expect(stdout).toMatch(/check-requirements|failed: tracked files in .* were changed by hand/);
    expect((await scenario.store.deployments.history({ limit: 1 }))[0]).toMatchObject({
      status: "failed",
      phase: "failed",
      reason: expect.stringContaining("were changed by hand"),
    });
    expect(readFileSync(join(scenario.app, "VERSION"), "utf8")).toBe("0\nby hand\n");
  });

  it.each([
    ["still has it", ["main:refs/heads/elsewhere"], "main no longer contains SHORT: it was pushed away"],
    ["has it no more", [], "the remote no longer has revision FULL: it was pushed away"],
  ])("a revision that was pushed away is skipped; the remote %s", async (_, refs, reason) => {
    const scenario = await createScenario();
    await scenario.start();
    const base = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(base, "succeeded");
    const away = await scenario.commit("2");
    for (const ref of refs) await scenario.git("push", "--quiet", "origin", ref);
    await scenario.deliver({ before: base, after: away });
    expect(await scenario.settled(away)).toMatchObject({
      status: "skipped",
      reason: reason.replace("SHORT", away.slice(0, 7)).replace("FULL", away),
    });
    expect(await scenario.answer()).toBe("version 1");
  });

  it("a push that the remote shows only after its webhook came is waited for", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const base = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(base, "succeeded");
    const late = await scenario.commit("2");
    await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
    await scenario.deliver({ before: base, after: late });
    const { id } = await scenario.settled(late, "running");
    await until("the first answer", async () =>
      (await scenario.store.deployments.output(id, 0, 100)).some(({ line }) => line.includes("does not show it yet")),
    );
    await scenario.git("-C", scenario.bare, "update-ref", "refs/heads/main", late);
    expect(await scenario.settled(late)).toMatchObject({ status: "succeeded" });
  });

  it("a branch that is gone; a person is refused with the branch named, and free without", async () => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.push();
    const revision = await scenario.commit("2");
    await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
    const on = (...more: readonly string[]): ReturnType<typeof scenario.fraisier> =>
      scenario.fraisier("deploy", "shop", "production", "--revision", revision, ...more);
    const refused = await on("--ref", "main");
    expect(refused).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("failed: main no longer contains") });
    expect(await on("--ref", "nowhere")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("no branch or tag nowhere"),
    });
    expect(await on()).toMatchObject({ exitCode: 0 });
    expect(await scenario.answer()).toBe("version 2");
  });
});
