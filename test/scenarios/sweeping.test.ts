import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";

describe("a push whose webhook never came", () => {
  it("is found when the daemon starts, deployed once, and told as what it is", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(first)).toMatchObject({ status: "succeeded", trigger: "delivery" });
    await scenario.stop();

    // The daemon is down: the hook's delivery gets no answer.
    const second = await scenario.commit("2");
    await scenario.push();
    await scenario.start();
    expect(await scenario.settled(second)).toMatchObject({ status: "succeeded", trigger: "sweep" });
    expect(await scenario.answer()).toBe("version 2");

    const [delivery] = await scenario.store.deliveries.history({ limit: 1 });
    expect(delivery).toMatchObject({ eventName: "sweep", decision: "queued", verified: true });
    expect((await scenario.fraisier("webhooks")).stdout).toMatch(/ sweep +acme\/shop .*\n.* git +acme\/shop /);

    // Neither a second sweep nor the late webhook deploys it again.
    await scenario.stop();
    await scenario.start();
    const late = await scenario.deliver({ after: second, before: first });
    expect(await late.json()).toMatchObject({ decisions: [{ decision: "redelivery" }] });
    expect(
      (await scenario.store.deployments.history({ limit: 10 })).filter((each) => each.revision === second),
    ).toHaveLength(1);
  });

  it("is left alone when its commit says so, when it was rolled back, and on a host that has never deployed", async () => {
    const scenario = await createScenario();
    await scenario.commit("0");
    await scenario.push();
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first);
    expect(await scenario.store.deployments.history({ limit: 10 })).toHaveLength(1);
    const broken = await scenario.commit("2 broken");
    await scenario.push();
    expect(await scenario.settled(broken)).toMatchObject({ status: "rolled_back" });
    await scenario.stop();
    await scenario.git("commit", "--quiet", "--allow-empty", "-m", "words [skip deploy]");
    await scenario.push();
    const quiet = (await scenario.git("rev-parse", "HEAD")).trim();
    await scenario.start();
    expect(await scenario.settled(quiet)).toMatchObject({
      status: "skipped",
      reason: "the commit message says [skip deploy]",
    });
    await scenario.stop();
    await scenario.start();
    const swept = (await scenario.store.deployments.history({ limit: 10 })).filter(
      ({ trigger }) => trigger === "sweep",
    );
    expect(swept).toHaveLength(1);
  });

  it("says when a repository cannot be asked", async () => {
    const scenario = await createScenario();
    renameSync(scenario.bare, join(scenario.folder, "gone.git"));
    await scenario.start();
    await expect.poll(() => scenario.daemonLog()).toMatch(/could not be asked for missed pushes/);
  });
});

describe("tags", () => {
  it("do not come back at the first sweep after a deployment by hand if they are old", async () => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.git("tag", "v1");
    await scenario.git("push", "--quiet", "origin", "main", "v1");
    const second = await scenario.commit("2");
    await scenario.git("push", "--quiet", "origin", "main");
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    await scenario.start();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await scenario.store.deployments.history({ limit: 9 })).toHaveLength(1);
    expect((await scenario.store.targets.status())[0]?.revision).toBe(second);
  });

  it.each([
    ["each starts at once", false],
    ["the last one takes the other's place in the queue", true],
  ])("that were pushed together: the newer one runs, whichever webhook comes last; %s", async (_, isLocked) => {
    const scenario = await createScenario();
    await scenario.commit("0");
    await scenario.git("push", "--quiet", "origin", "main");
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.git("tag", "v1");
    const two = await scenario.commit("2");
    await scenario.git("tag", "v2");
    rmSync(join(scenario.bare, "hooks/post-receive"));
    await scenario.git("push", "--quiet", "origin", "v1", "v2");
    if (isLocked) await scenario.fraisier("lock", "shop", "production", "--reason", "both wait");
    await scenario.deliver({ ref: "refs/tags/v2", after: two, before: "0".repeat(40) });
    await scenario.deliver({ ref: "refs/tags/v1", after: one, before: "0".repeat(40) });
    if (isLocked) await scenario.fraisier("unlock", "shop", "production");
    await scenario.settled(two, "succeeded");
    await until("the queue to be empty", async () => {
      const { queued, running } = await scenario.store.queue.state();
      return queued.length + running.length === 0;
    });
    expect((await scenario.store.targets.status())[0]?.revision).toBe(two);
    expect(await scenario.answer()).toBe("version 2");
  });
});
