import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario, ScenarioOptions } from "../helpers/scenario.ts";

const GROUPS = `groups:
  - name: services
    order: 3
    file_patterns: ["units/*.service"]
    deploy_command: [sh, -c, 'echo "restart $1" >> "$SINK"', x, "{service_name}"]
    after_rollback: [sh, -c, 'echo "restart $1 of $(cat VERSION)" >> "$SINK"', x, "{service_name}"]
  - name: migrations
    order: 1
    file_patterns: ["migrations/*.sql"]
    changed_only: true
    pre_deploy: ['echo "before migrations" >> "$SINK"']
    deploy_command: 'test ! -e hang || { touch "$SINK.hangs"; sleep 6.7; }; echo "up "{file}": $(cat {file})" >> "$SINK"'
    rollback_command: 'echo "down $(basename {file})" >> "$SINK"'
    post_deploy: ['echo "after migrations" >> "$SINK"']
  - { name: web, order: 2, build_command: 'echo "build" >> "$SINK"', test_command: 'test ! -e broken-web' }
`;

/** A platform of groups whose commands write down, line by line, what they were called for. */
async function platform(more: ScenarioOptions = {}): Promise<{ scenario: Scenario; sink(): readonly string[] }> {
  const scenario = await createScenario({ type: "groups", environment: GROUPS, ...more });
  const file = join(scenario.folder, "sink");
  scenario.with({ SINK: file });
  let read = 0;
  return {
    scenario,
    // What is new since it was asked last.
    sink() {
      const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
      const fresh = lines.slice(read);
      read = lines.length;
      return fresh;
    },
  };
}

const FILES = { "migrations/002.sql": "two", "migrations/001 a.sql": "one", "units/shop.service": "[Unit]" };
const quoted = (file: string): string => `up ${file}`;

function kill(row: DeploymentRow): void {
  process.kill((JSON.parse(row.runnerIdentity ?? "{}") as { pid: number }).pid, "SIGKILL");
}

describe("a fraise of component groups", () => {
  it("deploys its groups in order, once per file, sorted; and next time only files whose content is new", async () => {
    const { scenario, sink } = await platform();
    await scenario.start();
    const first = await scenario.commit("1", FILES);
    await scenario.push();
    expect(await scenario.settled(first)).toMatchObject({ status: "succeeded", reason: "" });
    expect(sink()).toEqual([
      "before migrations",
      "up migrations/001 a.sql: one",
      "up migrations/002.sql: two",
      "after migrations",
      "build",
      "restart shop.service",
    ]);
    const second = await scenario.commit("2", { "migrations/003.sql": "three", "migrations/002.sql": "two!" });
    await scenario.push();
    expect(await scenario.settled(second)).toMatchObject({ status: "succeeded" });
    expect(sink()).toEqual([
      "before migrations",
      "up migrations/002.sql: two!",
      "up migrations/003.sql: three",
      "after migrations",
      "build",
      "restart shop.service",
    ]);
    const third = await scenario.commit("3");
    await scenario.push();
    await scenario.settled(third);
    expect(sink()).toEqual(["build", "restart shop.service"]);
  });

  it("never lets the name of a file be read by the shell, in argv or in a line", async () => {
    const { scenario, sink } = await platform();
    await scenario.start();
    const name = "migrations/$(touch pwned) `touch pwned` \"'; touch pwned; #.sql";
    const revision = await scenario.commit("1", { [name]: "x" });
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    expect(sink()[1]).toBe(`${quoted(name)}: x`);
    expect(existsSync(join(scenario.app, "current", "pwned"))).toBe(false);
  });

  it("refuses a service whose name would read as an option, before anything is touched", async () => {
    const { scenario, sink } = await platform();
    await scenario.start();
    const revision = await scenario.commit("1", { "units/--host=evil.service": "x" });
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining('begins with "-"'),
    });
    expect(sink()).toEqual([]);
    expect(existsSync(join(scenario.app, "current"))).toBe(false);
  });

  it("takes a failed deployment back: newest file first, then the code, then what must run on the old code", async () => {
    const { scenario, sink } = await platform();
    await scenario.start();
    const good = await scenario.commit("1", FILES);
    await scenario.push();
    const before = await scenario.settled(good);
    sink();
    const bad = await scenario.commit("2", {
      "migrations/003.sql": "3",
      "migrations/004.sql": "4",
      "units/zz.service/x": "",
      "broken-web": "",
    });
    await scenario.push();
    expect(await scenario.settled(bad)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("web"),
    });
    expect(sink()).toEqual([
      "before migrations",
      "up migrations/003.sql: 3",
      "up migrations/004.sql: 4",
      "after migrations",
      "build",
      "down 004.sql",
      "down 003.sql",
    ]);
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${before.id}`);
    // What was taken back is not taken for deployed.
    await scenario.git("rm", "--quiet", "broken-web");
    const mended = await scenario.commit("3");
    await scenario.push();
    expect(await scenario.settled(mended)).toMatchObject({ status: "succeeded" });
    expect(sink()).toContain("up migrations/003.sql: 3");
  });

  it("runs after_rollback on the old code for what was begun", async () => {
    const { scenario, sink } = await platform({
      environment: `${GROUPS}health_check: { url: "http://127.0.0.1:9/", timeout: 200ms }\nhooks: { before_deploy: "true" }`,
    });
    const good = await scenario.commit("1", FILES);
    await scenario.push();
    const first = await scenario.fraisier("deploy", "shop", "production", "--no-health-check");
    expect(first.exitCode).toBe(0);
    sink();
    await scenario.commit("2");
    await scenario.push();
    const second = await scenario.fraisier("deploy", "shop", "production");
    expect(second.stdout).toMatch(/rolled_back: not healthy/);
    expect(sink()).toEqual(["build", "restart shop.service", "restart shop.service of 1"]);
    expect((await scenario.store.targets.status())[0]?.revision).toBe(good);
  });

  it("says honestly that what a group without rollback_command did stays", async () => {
    const { scenario } = await platform({
      environment: GROUPS.replace(/ +rollback_command.*\n/, "").replace("test ! -e broken-web", "false"),
    });
    await scenario.start();
    const revision = await scenario.commit("1", FILES);
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "rollback_failed",
      reason: expect.stringContaining(
        "group migrations has no rollback_command: what it did stays (migrations/001 a.sql, migrations/002.sql)",
      ),
    });
  });

  it("does not forget a deployment that could not be taken back before another one succeeds", async () => {
    const { scenario } = await platform({
      environment: `${GROUPS.replace(/ +rollback_command.*\n/, "").replace("test ! -e broken-web", "test -e good-web")}build: test ! -e broken-build || test -e mended`,
    });
    await scenario.start();
    const left = await scenario.commit("1", FILES);
    await scenario.push();
    const { id } = await scenario.settled(left, "rollback_failed");
    const failed = await scenario.commit("2", { "broken-build": "" });
    await scenario.push();
    await scenario.settled(failed, "failed");
    const status = await scenario.fraisier("status");
    expect(status.stdout).toContain(`not known for certain: deployment ${id}`);
    expect(status.stdout).toContain(`fraisier show ${id} says what could not be taken back`);
    const why = await scenario.fraisier("why", "shop", "production");
    expect(why.stdout).toContain("the host may still hold parts of it");
    const good = await scenario.commit("3", { mended: "", "good-web": "" });
    await scenario.push();
    await scenario.settled(good, "succeeded");
    expect((await scenario.store.targets.status())[0]).toMatchObject({ revision: good, unrestored: undefined });
  });

  it.each(["releases", "in_place"] as const)(
    "takes back exactly what was begun when the runner is killed in the middle of a group (%s)",
    async (layout) => {
      const { scenario, sink } = await platform({ layout });
      if (layout === "in_place") {
        await scenario.commit("0");
        await scenario.git("push", "--quiet", "origin", "main:main");
        await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
      }
      await scenario.start();
      const good = await scenario.commit("1", FILES);
      await scenario.push();
      await scenario.settled(good, "succeeded");
      sink();
      const next = await scenario.commit("2", { "migrations/003.sql": "3", "migrations/004.sql": "4", hang: "" });
      await scenario.push();
      const row = await scenario.settled(next, "running");
      await until("the first file", async () => existsSync(join(scenario.folder, "sink.hangs")));
      kill((await scenario.store.deployments.detail(row.id))?.deployment ?? row);
      expect(await scenario.settled(next)).toMatchObject({
        status: "rolled_back",
        reason: "the runner died in migrating (group:migrations)",
      });
      // The one that was begun, and not the one that was not.
      expect(sink()).toEqual(["before migrations", "down 003.sql"]);
      // Nor does what the dead runner had started go on behind our back.
      expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("sleep 6.7");
      const code = layout === "in_place" ? scenario.app : join(scenario.app, "current");
      expect(readFileSync(join(code, "VERSION"), "utf8")).toBe("1\n");
    },
  );

  it("goes on taking back where the runner died that was doing so, and ends what that one had started", async () => {
    const slow = `'echo "down $(basename {file})" >> "$SINK"; case {file} in *003*) test -e "$SINK.once" || { touch "$SINK.once"; sleep 9.8; } ;; esac'`;
    const { scenario, sink } = await platform({
      environment: GROUPS.replace(/rollback_command: .*/, `rollback_command: ${slow}`),
    });
    await scenario.start();
    const good = await scenario.commit("1", FILES);
    await scenario.push();
    await scenario.settled(good, "succeeded");
    sink();
    const bad = await scenario.commit("2", { "migrations/003.sql": "3", "migrations/004.sql": "4", "broken-web": "" });
    await scenario.push();
    const row = await scenario.settled(bad, "rolling_back");
    await until("the second one to be taken back", async () => existsSync(join(scenario.folder, "sink.once")));
    kill((await scenario.store.deployments.detail(row.id))?.deployment ?? row);
    expect(await scenario.settled(bad)).toMatchObject({ status: "rolled_back" });
    expect(sink().slice(-3)).toEqual(["down 004.sql", "down 003.sql", "down 003.sql"]);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("sleep 9.8");
  });

  it("deploys only the groups that are asked for, forgets nothing of the others, and shows what was asked", async () => {
    const { scenario, sink } = await platform();
    await scenario.commit("1", FILES);
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production", "--group", "web")).exitCode).toBe(0);
    expect(sink()).toEqual(["build"]);
    const skipping = ["--skip-group", "web", "--skip-group", "services"];
    expect((await scenario.fraisier("deploy", "shop", "production", ...skipping)).exitCode).toBe(0);
    expect(sink()).toEqual([
      "before migrations",
      "up migrations/001 a.sql: one",
      "up migrations/002.sql: two",
      "after migrations",
    ]);
    const [last] = await scenario.store.deployments.history({ limit: 1 });
    const shown = await scenario.fraisier("show", last?.id ?? "");
    expect(shown.stdout).toMatch(/options +--skip-group services --skip-group web/);
    const unknown = await scenario.fraisier("deploy", "shop", "production", "--group", "webb");
    expect(unknown).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("It has migrations, web, services."),
    });
  });

  it("goes on after a group that fails where that is asked for, ends as failed, and leaves what worked", async () => {
    const { scenario, sink } = await platform();
    const revision = await scenario.commit("1", { ...FILES, "broken-web": "" });
    await scenario.push();
    const done = await scenario.fraisier("deploy", "shop", "production", "--continue-on-failure");
    expect(done.exitCode).toBe(1);
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("1 of 3 groups failed, the others stay: web ("),
    });
    expect(sink().at(-1)).toBe("restart shop.service");
    expect(existsSync(join(scenario.app, "current"))).toBe(true);
    // What worked is live: status says so, without drift, and there is a way back from it.
    const status = await scenario.fraisier("status", "--json");
    expect(JSON.parse(status.stdout)).toMatchObject({ targets: [{ revision, drift: "", last_status: "failed" }] });
    // The next deployment does not run again what stayed.
    await scenario.git("rm", "--quiet", "broken-web");
    await scenario.commit("2");
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    expect(sink()).toEqual(["build", "restart shop.service"]);
    await scenario.commit("3", { "broken-web": "" });
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production", "--continue-on-failure")).exitCode).toBe(1);
    const back = await scenario.fraisier("rollback", "shop", "production");
    expect(back).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^back to /) });
  });

  it("names every variable that any group lacks, before anything happens; --skip-validation leaves that out", async () => {
    const { scenario, sink } = await platform({
      environment: `${GROUPS.replaceAll("order: 1", "order: 1\n    required_env_vars: [SINK, NOT_THERE]").replace("name: web", "name: web, required_env_vars: [NOR_THIS]")}required_env_vars: NEITHER_THAT`,
    });
    await scenario.commit("1", FILES);
    await scenario.push();
    const refused = await scenario.fraisier("deploy", "shop", "production");
    expect(refused.stdout).toContain("failed: required_env_vars not set: NEITHER_THAT, NOT_THERE, NOR_THIS");
    expect(sink()).toEqual([]);
    const plan = await scenario.fraisier("plan", "shop", "production", "--group", "migrations");
    expect(plan.stdout).toContain("would fail: required_env_vars not set: NEITHER_THAT, NOT_THERE\n");
    expect((await scenario.fraisier("deploy", "shop", "production", "--skip-validation")).exitCode).toBe(0);
  });
});
