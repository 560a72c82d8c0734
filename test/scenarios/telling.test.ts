import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";

describe("fraisier tells what happened and what differs", () => {
  it("why: the whole chain, from any end of it", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first);
    const broken = await scenario.commit("2 broken");
    await scenario.push();
    const row = await scenario.settled(broken);
    const [delivery] = await scenario.store.deliveries.history({ limit: 1 });

    const told = await scenario.fraisier("why", row.id);
    expect(told.exitCode).toBe(0);
    for (const part of [
      /Delivery \w+: The event "push" for acme\/shop came from git/,
      /signature was verified with secret 1 of git\.git, and it was answered 200/,
      /shop\/production: queued \(main at \w{7}\)/,
      /check-health failed: not healthy/,
      /taken back by itself, from \w{7} to \w{7}: succeeded/,
      /ended as rolled_back: not healthy/,
      /-> .*fraisier logs \w+ shows what went wrong\. Push a fix, or fraisier resume shop production/,
    ])
      expect(told.stdout).toMatch(part);
    for (const subject of [[delivery?.id ?? ""], [broken.slice(0, 8)], ["shop", "production"], ["last"]]) {
      expect((await scenario.fraisier("why", ...subject)).stdout, subject.join(" ")).toMatch(/ended as rolled_back/);
    }
    const json = JSON.parse((await scenario.fraisier("why", row.id, "--json")).stdout) as {
      chapters: readonly { about: string }[];
    };
    expect(json.chapters.map(({ about }) => about)).toEqual(["delivery", "deployment"]);
    expect(await scenario.fraisier("why", "nonsense")).toMatchObject({ exitCode: 2 });

    const refused = await scenario.deliver({}, { "x-fraisier-signature": "sha256=00" });
    const { delivery: refusedId } = (await refused.json()) as { delivery?: string };
    const [newest] = await scenario.store.deliveries.history({ limit: 1 });
    expect((await scenario.fraisier("why", refusedId ?? newest?.id ?? "")).stdout).toMatch(
      /refused with 401.*\n.*push again/,
    );
  });

  it("webhooks replay: decides again, repairs what failed, and never doubles", async () => {
    const scenario = await createScenario({ environment: "build: test ! -e ../../../broken" });
    await scenario.start();
    symlinkSync("/", join(scenario.folder, "srv/broken"));
    const revision = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "failed" });
    const told = (await scenario.fraisier("why", "last")).stdout;
    expect(told).toMatch(/-> (Redeliver|.*\w\. Then redeliver) the push/);
    expect(told).not.toMatch(/\.\.$/m);
    rmSync(join(scenario.folder, "srv/broken"));
    const replay = async (): Promise<string> => (await scenario.fraisier("webhooks", "replay", "last")).stdout;
    expect(await replay()).toMatch(/queued: main at/);
    expect(await scenario.settled(revision, "succeeded")).toMatchObject({ status: "succeeded" });
    expect(await replay()).toMatch(/redelivery: delivered before: deployment \w+ succeeded/);
    expect((await scenario.store.deployments.history({ limit: 10 })).length).toBe(2);
    await scenario.deliver({}, { "x-fraisier-signature": "sha256=00" });
    const [refused] = await scenario.store.deliveries.history({ limit: 1 });
    expect((await scenario.fraisier("webhooks", "replay", refused?.id ?? "")).stderr).toMatch(/was refused/);
  });

  it("says of a deployment that does not move that it is stuck, and for how long", async () => {
    const scenario = await createScenario({ environment: "build: sleep 600", deployment: "stuck_after: 1s" });
    await scenario.start();
    await scenario.commit("1");
    await scenario.push();
    const says = async (...args: readonly string[]): Promise<string> => (await scenario.fraisier(...args)).stdout;
    await until("it is stuck", async () => (await says("status")).includes("stuck"));
    expect(await says("status")).toMatch(/stuck: building for \d+ s/);
    expect(await says("why", "last")).toMatch(/It is stuck: in building at \d+ % for \d+ s, since \d{4}-/);
    expect(await says("why", "shop", "production")).toMatch(/Deployment \w+ of \w+ is stuck: in building for \d+ s/);
    expect(await says("show", "last")).toMatch(/stuck +in building for \d+ s/);
    await scenario.fraisier("cancel", "last");
  });

  it("status: what was changed by hand, and a service that is down", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first);
    const status = async (): Promise<string> => (await scenario.fraisier("status")).stdout;
    expect(await status()).not.toMatch(/drift/);
    rmSync(join(scenario.app, "current"));
    symlinkSync("releases/elsewhere", join(scenario.app, "current"));
    expect(await status()).toMatch(/drift: .*current was switched by hand: it points to elsewhere/);
    expect((await scenario.fraisier("why", "shop", "production")).stdout).toMatch(
      /But the host differs: .*switched by hand/,
    );
    rmSync(join(scenario.folder, "service.pid"));
    expect(await status()).toMatch(/switched by hand.*; service .* is /);
  });
});
