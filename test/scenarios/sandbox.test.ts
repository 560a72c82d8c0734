import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

/** Prints what it finds of the scenario's folder and of this machine, and fails if it finds anything. */
const SEARCH = `#!/bin/sh
found=$(ls -d $1/fraisier.db $1/fraises.yaml $1/secret $1/mirrors/* $1/shop.git /root/.ssh /etc/shadow /run/* 2> /dev/null)
[ -z "$found" ] || { echo "found: $found"; exit 1; }
echo looked
`;

async function logOf(scenario: Scenario, id: string): Promise<string> {
  return (await scenario.fraisier("logs", id)).stdout;
}

describe("a deployment whose commands run in a sandbox", () => {
  it("installs, builds, tests, migrates, checks and runs its hooks there, and goes live", async () => {
    const scenario = await createScenario({
      deployment: "sandbox: auto",
      environment: `shared: [data]
install: sh search.sh $FRAISIER_APP_PATH/../..
build: sh search.sh $FRAISIER_APP_PATH/../.. && echo built > built && echo data > data/from-build
test: [sh, search.sh, /nowhere]
database: { url: "\${SHOP_DATABASE}", tool: sql }
hooks: { before_deploy: "touch before", after_deploy: { commands: "cat before $FRAISIER_APP_PATH/current/built; ls -A ..", on_error: fail } }
cache: ["~/.cache"]
verify: { checks: [{ type: command, command: "cat built; ls $FRAISIER_APP_PATH/../../fraises.yaml", exit_code: 2 }] }`,
    });
    scenario.with({ SHOP_DATABASE: `sqlite:${scenario.app}/shared/data/shop.db` });
    mkdirSync(join(scenario.app, "shared/data"), { recursive: true });
    await scenario.start();
    const files = {
      "search.sh": SEARCH,
      "migrations/001_a.up.sql": "create table a (x);\n.shell touch /tmp/escaped\n",
    };
    const revision = await scenario.commit("1", files);
    await scenario.push();
    const row = await scenario.settled(revision);
    const log = await logOf(scenario, row.id);
    expect({ status: row.status, reason: row.reason, log: row.status === "succeeded" ? "" : log }).toEqual({
      status: "succeeded",
      reason: "",
      log: "",
    });
    expect(await scenario.answer()).toBe("version 1");
    expect(readFileSync(join(scenario.app, "shared/data/from-build"), "utf8")).toBe("data\n");
    expect(log).toContain("looked");
    expect(log).not.toContain("not in a sandbox: bubblewrap");
    expect(existsSync("/tmp/escaped")).toBe(false);
  });

  it("fails before it builds if migrations could not reach their database, and does not hold the revision", async () => {
    const scenario = await createScenario({
      type: "script",
      deployment: "sandbox: auto",
      environment: 'script: run.sh\ndatabase: { url: "postgresql:///shop?host=/srv/sockets", tool: sql }',
    });
    await scenario.start();
    const revision = await scenario.commit("1", { "run.sh": "#!/bin/sh\n" });
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: "database.url leads to a socket in /srv/sockets, which migrations in the sandbox do not see",
      hint: expect.stringMatching(/allow: \{ sockets: \[\/srv\/sockets\] \}[^]*not held/) as unknown,
    });
    expect(existsSync(join(scenario.app, "releases"))).toBe(false);
  });

  it("leaves the .git of a checkout in place as it was", async () => {
    const scenario = await createScenario({
      layout: "in_place",
      deployment: "sandbox: required",
      environment:
        "build: \"git config core.fsmonitor 'touch /tmp/escaped-fsmonitor' || echo refused; touch built; git log -1 --format=%H\"",
    });
    const first = await scenario.commit("1");
    await scenario.git("push", "--quiet", "origin", "main:main");
    await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
    await scenario.start();
    const revision = await scenario.commit("2");
    await scenario.push();
    // Its service is started by commands of fraisier's own user, which `required` refuses.
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/^sandbox: required, but the service/) as unknown,
    });
    expect((await scenario.program("git", "-C", scenario.app, "rev-parse", "HEAD")).trim()).toBe(first);

    const config = join(scenario.folder, "fraises.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replace("sandbox: required", "sandbox: auto"));
    await scenario.fraisier("reload");
    const { stdout } = await scenario.fraisier("deploy", "shop", "production", "--wait");
    expect(stdout).toMatch(/succeeded/);
    const again = await scenario.settled(revision, "succeeded");
    expect(await logOf(scenario, again.id)).toMatch(/refused[^]*[0-9a-f]{40}/);
    expect(readFileSync(join(scenario.app, ".git/config"), "utf8")).not.toContain("fsmonitor");
    expect(existsSync(join(scenario.app, "built"))).toBe(true);
  });

  it("ends with everything that its build started, if it is cancelled, out of time, or its runner is killed", async () => {
    const build = `setsid --fork sh -c 'exec sleep 301'; touch ../../shared/x/started; [ "$(cat VERSION)" = 3 ] || sleep 302`;
    const scenario = await createScenario({
      deployment: "sandbox: auto",
      environment: `shared: [x]\nbuild: ${JSON.stringify(build)}\nphase_timeouts: { building: 20s }`,
    });
    await scenario.start();
    const started = join(scenario.app, "shared/x/started");
    const left = async (): Promise<number> =>
      (await scenario.program("sh", "-c", "ls /proc")).split("\n").filter((pid) => isBuildOf(pid, scenario)).length;

    const cancelled = await scenario.commit("1");
    await scenario.push();
    await until("the build to run", async () => existsSync(started));
    const { id } = await scenario.settled(cancelled, "running");
    await until("all of the build to run", async () => (await left()) > 1);
    await scenario.fraisier("cancel", id);
    expect(await scenario.settled(cancelled)).toMatchObject({ status: "cancelled" });
    expect(await left()).toBe(0);

    await scenario.program("rm", started);
    const killed = await scenario.commit("2");
    await scenario.push();
    await until("the build to run", async () => existsSync(started));
    const running = await scenario.settled(killed, "running");
    const identity = JSON.parse(running.runnerIdentity ?? "{}") as { pid: number };
    process.kill(identity.pid, "SIGKILL");
    await until(
      "the sandbox to end with its runner",
      async () => (await left()) === 0 || (await wasTakenUp(scenario, running.id)),
    );
    const last = await scenario.commit("3");
    await scenario.push();
    await scenario.fraisier("cancel", running.id);
    expect(await scenario.settled(last)).toMatchObject({ status: "succeeded" });
    expect(await left()).toBe(0);
  });
});

describe("a machine without bubblewrap", () => {
  it("deploys under `auto`, and plan, status, doctor and the log say what is missing", async () => {
    const scenario = await createScenario({ deployment: "sandbox: auto", environment: "build: echo built" });
    scenario.with({ PATH: pathWithout("bwrap", scenario.folder) });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({ status: "succeeded", reason: "" });
    const words = /not in a sandbox: bubblewrap is not installed/;
    expect(await logOf(scenario, row.id)).toMatch(words);
    expect((await scenario.fraisier("status")).stdout).toMatch(words);
    expect((await scenario.fraisier("plan", "shop", "production")).stdout).toMatch(words);
    const { stdout } = await scenario.fraisier("doctor", "--json");
    const { findings } = JSON.parse(stdout) as { findings: { check: string; status: string; remedy?: string }[] };
    expect(findings.find(({ check }) => check === "sandbox")).toMatchObject({
      status: "warning",
      remedy: expect.stringContaining("apt-get install bubblewrap") as unknown,
    });
  });

  it("deploys nothing under `required`, and does not hold the revision", async () => {
    const scenario = await createScenario({
      type: "script",
      deployment: "sandbox: required",
      environment: "script: run.sh",
    });
    scenario.with({ PATH: pathWithout("bwrap", scenario.folder) });
    await scenario.start();
    const revision = await scenario.commit("1", { "run.sh": "#!/bin/sh\ntouch ../ran\n" });
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: "sandbox: required, but bubblewrap is not installed",
      hint: expect.stringContaining("not held") as unknown,
    });
    expect(existsSync(join(scenario.app, "releases"))).toBe(false);
    expect((await scenario.fraisier("plan", "shop", "production")).stdout).toContain(
      "would fail: sandbox: required, but bubblewrap is not installed",
    );
  });
});

async function wasTakenUp(scenario: Scenario, id: string): Promise<boolean> {
  return ((await scenario.store.deployments.detail(id))?.deployment.attempt ?? 0) > 1;
}

/** A process of a build that this scenario started. */
function isBuildOf(pid: string, { folder }: Scenario): boolean {
  try {
    const isSleep = /^sleep\0(301|302)\0/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    return isSleep && readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder);
  } catch {
    return false;
  }
}

/** A PATH with every program of this machine but one. */
function pathWithout(program: string, folder: string): string {
  const programs = join(folder, "programs");
  mkdirSync(programs);
  for (const place of ["/usr/bin", "/usr/sbin"]) {
    for (const name of readdirSync(place)) {
      if (name !== program && !existsSync(join(programs, name))) symlinkSync(join(place, name), join(programs, name));
    }
  }
  return programs;
}
