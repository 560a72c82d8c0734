import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdRunners } from "../helpers/held-runner.ts";
import { until } from "../helpers/scenario.ts";
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

  it("says what a revision would change, which one is in force and what of the local file does not count; targets are edited in git", async () => {
    const scenario = await createConfigured();
    await scenario.start();
    const file = join(scenario.folder, "fraises.yaml");
    const first = await pushSettings(scenario, fraisesOf(scenario));
    await scenario.settled(first, "succeeded");

    const status = await scenario.fraisier("status");
    expect(status.stdout).toContain(
      `Revision ${first.slice(0, 7)} of settings/production is in force. ${file} differs; these keys of it do not count: fraises.shop, deployment.retries.`,
    );
    expect(JSON.parse((await scenario.fraisier("status", "--json")).stdout)).toMatchObject({
      configuration: { target: "settings/production", revision: first, unused: ["fraises.shop", "deployment.retries"] },
    });
    expect(await scenario.fraisier("config", "diff", first)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("no target and no setting would change"),
    });

    await scenario.commit("next", {
      "fraises.yaml": fraisesOf(scenario, (_shop, production) => (production["branch"] = "live")),
    });
    await scenario.push("HEAD:next");
    expect(await scenario.fraisier("config", "diff", "next")).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('~ shop/production: changed\n    branches: ["main"] -> ["live"]\n'),
    });
    const json = await scenario.fraisier("config", "diff", "next", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      from: first,
      equal: false,
      settings: [],
      targets: [
        {
          target: "shop/production",
          change: "changed",
          keys: [{ key: "branches", before: '["main"]', after: '["live"]' }],
        },
      ],
    });
    const moved = await scenario.commit("moved", { "fraises.yaml": `server: {}\n${fraisesOf(scenario)}` });
    await scenario.push("HEAD:moved");
    const at = `${moved.slice(0, 7)}:fraises.yaml:1:1: server is set on the host alone, in ${file}`;
    for (const verb of ["diff", "validate"])
      expect(await scenario.fraisier("config", verb, "moved")).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(at),
      });
    expect((await scenario.fraisier("config", "validate", "next")).exitCode).toBe(0);

    const edit = await scenario.fraisier("target", "update", "shop/production", "--branch", "other");
    expect(edit).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("are not used") });
  });

  it("leaves deployments that run with the settings that they started with, whoever ends their runner", async () => {
    const scenario = await createConfigured();
    const holder = holdRunners(scenario);
    await scenario.start();
    const first = await pushSettings(scenario, fraisesOf(scenario));
    await scenario.settled(first, "succeeded");
    holder.hold("health_check");
    await scenario.push("HEAD:main");
    const runner = await holder.held();
    const second = await pushSettings(
      scenario,
      fraisesOf(scenario, (_shop, production) => (production["app_path"] = `${scenario.app}-moved`)),
      "moved",
    );
    expect(await scenario.settled(second)).toMatchObject({ status: "succeeded" });
    runner.kill();
    const row = (await scenario.store.deployments.history({ limit: 9 })).find(({ fraise }) => fraise === "shop");
    await until("the deployment was taken back", async () =>
      (await scenario.store.deployments.history({ limit: 9 })).some(
        ({ id, finishedAt }) => id === row?.id && finishedAt !== undefined,
      ),
    );
    const ended = (await scenario.store.deployments.detail(row?.id ?? ""))?.deployment;
    expect(ended).toMatchObject({ status: "rolled_back", releasePath: undefined });
    expect(existsSync(`${scenario.app}-moved`)).toBe(false);
    expect(existsSync(join(scenario.app, "current"))).toBe(false);
  });

  it("starts nothing if this host cannot load it any more, names the line, and goes on by the way that it names", async () => {
    const scenario = await createConfigured();
    writeFileSync(join(scenario.folder, "environment"), "PORT_OF_SHOP=1\n");
    await scenario.start();
    const good = await pushSettings(scenario, fraisesOf(scenario));
    await scenario.settled(good, "succeeded");
    const named = await pushSettings(
      scenario,
      fraisesOf(scenario, (shop) => (shop["repository"] = "acme/${PORT_OF_SHOP}")),
      "named",
    );
    await scenario.settled(named, "succeeded");
    await scenario.stop();
    writeFileSync(join(scenario.folder, "environment"), "");
    const started = await scenario.fraisier("serve");
    expect(started.exitCode).toBe(2);
    expect(started.stderr).toContain(
      `revision ${named.slice(0, 7)} of settings/production, which is in force, cannot be loaded any more`,
    );
    expect(started.stderr).toMatch(new RegExp(`${named.slice(0, 7)}:fraises\\.yaml:\\d+:\\d+`));
    expect(started.stderr).toContain("PORT_OF_SHOP is not set");
    rmSync(join(scenario.folder, "configuration/current"));
    const deployed = await scenario.fraisier("deploy", "settings", "production", "--revision", good, "--wait");
    expect(deployed.exitCode).toBe(0);
    await scenario.start();
    expect((await scenario.fraisier("config", "show")).stdout).toContain(`revision: ${good}`);
  });
});
