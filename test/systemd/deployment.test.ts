import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario, ScenarioOptions } from "../helpers/scenario.ts";

const run = async (...[program = "", ...args]: string[]): Promise<string> =>
  (await promisify(execFile)(program, args)).stdout;
const systemctl = async (...args: string[]): Promise<string> => await run("systemctl", ...args);
const shown = async (unit: string, property: string): Promise<string> =>
  (await systemctl("show", "--value", "--property", property, unit)).trim();

/** A scenario whose web service is a real unit; `lines` go into its [Service]. */
async function withUnit(name: string, lines = "", options: ScenarioOptions = {}): Promise<Scenario> {
  const scenario = await createScenario({ ...options, unit: { name, scope: "system" } });
  const file = name.replace(/@[^.]*\./, "@.");
  const command = readFileSync(join(scenario.folder, "ExecStart"), "utf8");
  writeFileSync(
    `/run/systemd/system/${file}`,
    `[Service]\nExecStart=${command}\n${lines.replaceAll("APP", scenario.app)}\n`,
  );
  await systemctl("daemon-reload");
  onTestFinished(async () => {
    await systemctl("stop", name);
    await systemctl("reset-failed").catch(String);
  });
  await scenario.start();
  return scenario;
}

async function deploy(scenario: Scenario, version: string) {
  const revision = await scenario.commit(version);
  await scenario.push();
  return await scenario.settled(revision);
}

describe("under a real systemd", () => {
  beforeAll(async () => {
    expect(process.env["FRAISIER_TEST_SYSTEMD"]).toBe("1");
    expect((await run("ps", "-p", "1", "-o", "comm=")).trim()).toBe("systemd");
  });

  it("restarts the unit on the new release, in a unit of its own for each deployment", async () => {
    const scenario = await withUnit("shop.service", "", { environment: "build: cat /proc/self/cgroup" });
    const first = await deploy(scenario, "1");
    expect(first).toMatchObject({ status: "succeeded", runnerKind: "systemd" });
    const pid = await shown("shop.service", "MainPID");
    const second = await deploy(scenario, "2");
    expect(second.status).toBe("succeeded");
    expect(await shown("shop.service", "MainPID")).not.toBe(pid);
    expect(await scenario.answer()).toBe("version 2");
    const log = await scenario.store.deployments.output(second.id, 0, 1000);
    expect(log.some(({ line }) => line.includes(`fraisier-deploy@${second.id}.service`))).toBe(true);
  });

  it("keeps what the daemon knows out of what systemd tells everybody of the runner's unit", async () => {
    const scenario = (
      await createScenario({
        unit: { name: "shop.service", scope: "system" },
        environment: 'build: test "$TOKEN" = \'hush "hush"\' && sleep 3',
      })
    ).with({ TOKEN: 'hush "hush"' });
    const command = readFileSync(join(scenario.folder, "ExecStart"), "utf8");
    writeFileSync("/run/systemd/system/shop.service", `[Service]\nExecStart=${command}\n`);
    await systemctl("daemon-reload");
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    const unit = `fraisier-deploy@${id}.service`;
    await until("the unit to run", async () => (await shown(unit, "ActiveState")) === "active");
    expect(await run("systemctl", "show", unit)).not.toContain("hush");
    await until("the file to go", async () => readdirSync("/run/fraisier-runners").length === 0);
    expect((await scenario.settled(revision)).status).toBe("succeeded");
    await systemctl("stop", "shop.service");
  });

  it("never says succeeded while the unit runs from another folder than the one that app_path names now", async () => {
    const scenario = await withUnit("moved.service", "WorkingDirectory=APP");
    const first = await deploy(scenario, "1");
    expect(first.status).toBe("succeeded");
    const config = join(scenario.folder, "fraises.yaml");
    const elsewhere = join(scenario.folder, "srv/elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace(`app_path: ${scenario.app}\n`, `app_path: ${elsewhere}\n`),
    );
    await scenario.stop();
    await scenario.start();
    const refused = await deploy(scenario, "2");
    expect(refused).toMatchObject({
      status: "failed",
      reason: expect.stringContaining(`moved.service runs from ${scenario.app}/current, not from ${elsewhere}/current`),
    });
    const test = await scenario.fraisier("target", "test", "shop", "production");
    expect(test.exitCode).not.toBe(0);
    expect(test.stdout).toContain(`runs from ${scenario.app}/current`);
    expect((await scenario.fraisier("plan", "shop", "production")).stdout).toContain(
      "would fail: moved.service runs from",
    );
    expect((await scenario.fraisier("status")).stdout).toContain(`moved.service runs from`);
    // No hold: once the unit is right, the same push is deployed.
    writeFileSync(
      "/run/systemd/system/moved.service",
      readFileSync("/run/systemd/system/moved.service", "utf8").replaceAll(scenario.app, elsewhere),
    );
    await systemctl("daemon-reload");
    expect((await scenario.fraisier("deploy", "shop", "production", "--wait")).exitCode).toBe(0);
    expect(await scenario.answer()).toBe("version 2");
  });

  it("verifies the unit, its port and what it said since the restart, and takes back what reads like trouble", async () => {
    const noisy = "ExecStartPost=/bin/sh -c 'if grep -q noisy APP/current/VERSION; then echo ERROR no cache; fi'";
    const scenario = await withUnit("noisy.service", noisy, {
      environment: `verify:
  - { type: service, port: {servicePort} }
  - { type: log }
  - { type: service, unit: not-there.service, on_failure: warn }`,
    });
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    const good = await deploy(scenario, "2");
    expect(good.status).toBe("succeeded");
    expect(await scenario.store.verifications.checks(good.id)).toMatchObject([
      { status: "passed", seen: expect.stringMatching(/^noisy.service is active \(running\); port \d+ listens$/) },
      { status: "passed", seen: expect.stringMatching(/^\d+ lines?, no trouble$/) },
      { status: "warned", seen: expect.stringContaining("not-there.service") },
    ]);
    const bad = await deploy(scenario, "3 noisy");
    expect(bad).toMatchObject({ status: "rolled_back", reason: expect.stringContaining("ERROR no cache") });
    expect(await scenario.answer()).toBe("version 2");
    const byHand = await scenario.fraisier("verify", "shop", "production", "--json");
    expect(JSON.parse(byHand.stdout)).toMatchObject({ revision: good.revision });
  });

  it("takes a crash-looping release back", async () => {
    const scenario = await withUnit("loop.service", "Restart=always\nRestartSec=100ms");
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    const bad = await deploy(scenario, "2 crash");
    expect(bad.status).toBe("rolled_back");
    expect(await scenario.answer()).toBe("version 1");
    expect(await shown("loop.service", "ActiveState")).toBe("active");
  });

  it("takes a release back whose unit reached its start limit, which would keep the old one from starting too", async () => {
    const scenario = await withUnit(
      "limit.service",
      "Restart=on-failure\nRestartSec=20ms\n[Unit]\nStartLimitBurst=3\nStartLimitIntervalSec=60",
    );
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    expect((await deploy(scenario, "2 crash")).status).toBe("rolled_back");
    expect(await scenario.answer()).toBe("version 1");
  });

  it("takes a release back whose unit fails to start, and shows what the service said", async () => {
    const check = `ExecStartPre=/bin/sh -c 'if grep -q crash APP/current/VERSION; then echo it will not do; exit 1; fi'`;
    const scenario = await withUnit("check.service", check);
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    const bad = await deploy(scenario, "2 crash");
    expect(bad.status).toBe("rolled_back");
    expect(`${bad.reason} ${bad.hint}`).toContain("it will not do");
    expect(await scenario.answer()).toBe("version 1");
  });

  it("waits for Type=notify, and takes back what never says that it is ready", async () => {
    const scenario = await withUnit("notify.service", "Type=notify\nNotifyAccess=all\nTimeoutStartSec=2s");
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    const bad = await deploy(scenario, "2 silent");
    expect(bad.status).toBe("rolled_back");
    expect(await scenario.answer()).toBe("version 1");
  });

  it("knows instances of a template", async () => {
    const scenario = await withUnit("shop@blue.service");
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    expect(await shown("shop@blue.service", "ActiveState")).toBe("active");
    expect(await scenario.answer()).toBe("version 1");
  });

  it("does not disturb a running deployment when the daemon is restarted as a unit", async () => {
    const scenario = await withUnit("calm.service", "", { environment: "build: sleep 2" });
    await scenario.stop();
    const main = join(import.meta.dirname, "../../src/main.ts");
    writeFileSync(
      "/run/systemd/system/fraisier-test.service",
      `[Service]\nEnvironment=FRAISIER_CONFIG=${scenario.folder}/fraises.yaml SCENARIO_SECRET=${scenario.secret} PATH=${process.env["PATH"] ?? ""} GIT_CONFIG_NOSYSTEM=1\nExecStart=${process.execPath} ${main} serve\n`,
    );
    await systemctl("daemon-reload");
    await systemctl("start", "fraisier-test.service");
    onTestFinished(async () => void (await systemctl("stop", "fraisier-test.service")));
    await until("the unit listens", async () => (await fetch(`${scenario.url}/health`)).ok);
    const revision = await scenario.commit("1");
    await scenario.push();
    const running = await scenario.settled(revision, "running");
    await until("the build", async () => (await scenario.settled(revision, "running")).phase === "building");
    await systemctl("restart", "fraisier-test.service");
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({ id: running.id, status: "succeeded", attempt: 1 });
    expect(await scenario.answer()).toBe("version 1");
  });

  it("uses the installed template unit when there is one", async () => {
    const scenario = await createScenario({ unit: { name: "templated.service", scope: "system" } });
    const command = readFileSync(join(scenario.folder, "ExecStart"), "utf8");
    writeFileSync("/run/systemd/system/templated.service", `[Service]\nExecStart=${command}\n`);
    const main = join(import.meta.dirname, "../../src/main.ts");
    writeFileSync(
      "/run/systemd/system/fraisier-deploy@.service",
      `[Service]\nType=exec\nEnvironment=FRAISIER_RUNNER=systemd SCENARIO_SECRET=${scenario.secret} PATH=${process.env["PATH"] ?? ""}\nExecStart=${process.execPath} ${main} run %i --config ${scenario.folder}/fraises.yaml\nKillMode=control-group\nRuntimeMaxSec=60\n`,
    );
    await systemctl("daemon-reload");
    onTestFinished(async () => {
      await run("rm", "/run/systemd/system/fraisier-deploy@.service");
      await systemctl("stop", "templated.service");
      await systemctl("daemon-reload");
    });
    await scenario.start();
    expect(await deploy(scenario, "1")).toMatchObject({ status: "succeeded", runnerKind: "systemd" });
    expect(await scenario.answer()).toBe("version 1");
  });

  it("restarts a unit of a user's own manager", async () => {
    const scenario = await createScenario({ unit: { name: "mine.service", scope: "user" } });
    const uid = process.getuid?.() ?? 0;
    await run("loginctl", "enable-linger", "root");
    await until(
      "the user manager",
      async () => (await run("systemctl", "is-active", `user@${uid}.service`)).trim() === "active",
    );
    const units = `/run/user/${uid}/systemd/user`;
    mkdirSync(units, { recursive: true });
    writeFileSync(
      join(units, "mine.service"),
      `[Service]\nExecStart=${readFileSync(join(scenario.folder, "ExecStart"), "utf8")}\n`,
    );
    const bus = { ...process.env, XDG_RUNTIME_DIR: `/run/user/${uid}` };
    await promisify(execFile)("systemctl", ["--user", "daemon-reload"], { env: bus });
    onTestFinished(
      async () => void (await promisify(execFile)("systemctl", ["--user", "stop", "mine.service"], { env: bus })),
    );
    await scenario.start();
    expect((await deploy(scenario, "1")).status).toBe("succeeded");
    const state = await promisify(execFile)("systemctl", ["--user", "is-active", "mine.service"], { env: bus });
    expect(state.stdout.trim()).toBe("active");
    expect(await scenario.answer()).toBe("version 1");
  });
});
