import { existsSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdRunners } from "../helpers/held-runner.ts";
import { createConfigured, fraisesOf, pushSettings } from "../helpers/configuration-from-git.ts";

describe("fraises.yaml from git", () => {
  it("is in force after a push without a restart, goes back by a rollback, and a broken one changes nothing", async () => {
    const scenario = await createConfigured();
    await scenario.start();
    const pid = scenario.daemonPid();
    const folder = join(scenario.folder, "configuration");
    expect(existsSync(folder)).toBe(false);

    const first = await pushSettings(
      scenario,
      fraisesOf(scenario, (_shop, production) => (production["branch"] = "live")),
    );
    expect(await scenario.settled(first)).toMatchObject({ fraise: "settings", status: "succeeded" });
    expect(scenario.daemonPid()).toBe(pid);
    expect(readFileSync(join(folder, "current/fraises.yaml"), "utf8")).toContain("branch: live");
    expect(await scenario.push("HEAD:main")).toContain("branch main is not one this target deploys (it wants live)");
    expect(await scenario.push("HEAD:live")).toContain("queued");
    await scenario.settled(first, "succeeded");

    const broken = await pushSettings(scenario, fraisesOf(scenario).replace("app_path", "app_pth"), "broken");
    const failed = await scenario.settled(broken);
    expect(failed).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(new RegExp(`${broken.slice(0, 7)}:fraises\\.yaml:\\d+:\\d+ unknown key "app_pth"`)),
    });
    expect(readFileSync(join(folder, "current/fraises.yaml"), "utf8")).toContain("branch: live");

    const second = await pushSettings(
      scenario,
      fraisesOf(scenario, (_shop, production) => (production["branch"] = "better")),
      "second",
    );
    expect(await scenario.settled(second)).toMatchObject({ status: "succeeded" });
    expect(await scenario.push("HEAD:live")).toContain("(it wants better)");
    const before = readlinkSync(join(folder, "current"));

    const back = await scenario.fraisier("rollback", "settings", "production");
    expect(back).toMatchObject({ exitCode: 0 });
    expect(readlinkSync(join(folder, "current"))).not.toBe(before);
    expect(await scenario.push("HEAD:live")).not.toContain("it wants better");
    expect((await scenario.fraisier("config", "show")).stdout).toContain(`revision: ${first}`);
    expect(scenario.daemonPid()).toBe(pid);
  });

  it("is taken back if the daemon refuses it, and a fault of the local file is not the revision's", async () => {
    const scenario = await createConfigured();
    const holder = holdRunners(scenario);
    await scenario.start();
    const first = await pushSettings(scenario, fraisesOf(scenario));
    expect(await scenario.settled(first)).toMatchObject({ status: "succeeded" });
    const file = join(scenario.folder, "fraises.yaml");
    const local = readFileSync(file, "utf8");
    holder.hold("creating_symlinks");
    const second = await pushSettings(scenario, `# two\n${fraisesOf(scenario)}`, "second");
    const runner = await holder.held();
    // The daemon knows the secrets of webhooks, which a runner does not read.
    writeFileSync(join(scenario.folder, "webhook-secrets"), "NOT A VARIABLE\n");
    runner.goOn();
    const row = await scenario.settled(second);
    expect(row).toMatchObject({ status: "rolled_back", isBad: false });
    expect(row.reason).toContain("the daemon refused it, because of");
    expect(readFileSync(join(scenario.folder, "configuration/current/origin.json"), "utf8")).toContain(first);
    expect(readFileSync(file, "utf8")).toBe(local);
  });
});
