import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const NONE = "0".repeat(40);

/** The hook is taken out: each test says itself what is delivered. */
async function deployed(): Promise<{ scenario: Scenario; first: string }> {
  const scenario = await createScenario();
  await scenario.start();
  const first = await scenario.commit("1");
  await scenario.push();
  await scenario.settled(first, "succeeded");
  rmSync(join(scenario.bare, "hooks/post-receive"));
  return { scenario, first };
}

describe("the claims of a signed delivery", () => {
  it("deploys no commit under a tag that the remote does not have, or has on another commit", async () => {
    const { scenario } = await deployed();
    await scenario.git("checkout", "--quiet", "-b", "proposal");
    const proposed = await scenario.commit("2");
    await scenario.git("push", "--quiet", "origin", "HEAD:refs/pull/1/head");
    await scenario.git("tag", "v1", "main");
    await scenario.git("push", "--quiet", "origin", "v1");
    await scenario.deliver({ ref: "refs/tags/v999", before: NONE, after: proposed });
    expect(await scenario.settled(proposed)).toMatchObject({
      status: "skipped",
      reason: "the remote has no tag v999",
    });
    await scenario.deliver({ ref: "refs/tags/v1", before: NONE, after: proposed, forced: true });
    expect(await scenario.settled(proposed)).toMatchObject({
      status: "skipped",
      reason: expect.stringMatching(/^the tag v1 names [0-9a-f]{7} at the remote, not [0-9a-f]{7}$/),
    });
    expect(await scenario.answer()).toBe("version 1");
  });

  it("takes nothing back because a recorded forced push comes again after the branch went on", async () => {
    const { scenario, first } = await deployed();
    const second = await scenario.commit("2");
    await scenario.git("push", "--quiet", "origin", "main");
    await scenario.deliver({ before: first, after: second });
    await scenario.settled(second, "succeeded");
    await scenario.deliver({ before: second, after: first, forced: true });
    await expect
      .poll(async () => (await scenario.store.deployments.history({ limit: 1 }))[0])
      .toMatchObject({ revision: first, status: "skipped", reason: expect.stringContaining("is older than") });
    expect(await scenario.answer()).toBe("version 2");
  });

  it("is asked of git if it has no commit message: [skip ci] counts, and history shows the message", async () => {
    const { scenario, first } = await deployed();
    await scenario.git("commit", "--quiet", "--allow-empty", "-m", "words only [skip ci]");
    const quiet = (await scenario.git("rev-parse", "HEAD")).trim();
    await scenario.git("push", "--quiet", "origin", "main");
    await scenario.deliver({ before: first, after: quiet, message: "" });
    expect(await scenario.settled(quiet)).toMatchObject({
      status: "skipped",
      reason: "the commit message says [skip ci]",
      message: "words only [skip ci]",
    });
    const loud = await scenario.commit("3");
    await scenario.git("push", "--quiet", "origin", "main");
    await scenario.deliver({ before: quiet, after: loud, message: "" });
    expect(await scenario.settled(loud)).toMatchObject({ status: "succeeded", message: "version 3" });
    expect(await scenario.answer()).toBe("version 3");
  });
});
