import type { ChildProcess } from "node:child_process";
import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { WAIT_AT_GATE, createScenario, openGate, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

async function live(
  scenario: Scenario,
  version: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const revision = await scenario.commit(version, files);
  await scenario.push();
  expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
  return revision;
}

async function waiting(scenario: Scenario): Promise<string | null> {
  const [row] = await scenario.store.targets.status();
  return row?.waiting?.waitsBecause ?? null;
}

describe("rollback by hand", () => {
  it("switches to the release that is kept, holds what was rolled back, and is released", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const [first, second] = [await live(scenario, "1"), await live(scenario, "2")];
    const firstRelease = (
      await scenario.store.deployments.newestSuccesses({ fraise: "shop", environment: "production", job: "" }, 5)
    ).find(({ revision }) => revision === first)?.releasePath;

    const dry = await scenario.fraisier("rollback", "shop", "production", "--dry-run", "--json");
    expect(JSON.parse(dry.stdout)).toMatchObject({ revision: first, runs_now: second });
    expect(dry.stdout).not.toContain("fetch-source");
    expect(await scenario.answer()).toBe("version 2");

    const done = await scenario.fraisier("rollback", "shop", "production", "--reason", "prices are wrong");
    expect(done).toMatchObject({ exitCode: 0 });
    expect(await scenario.answer()).toBe("version 1");
    expect(basename(readlinkSync(join(scenario.app, "current")))).toBe(basename(firstRelease ?? ""));

    const status = await scenario.fraisier("status");
    expect(status.stdout).toMatch(/on hold/);
    const [target] = await scenario.store.targets.status();
    expect(target?.hold?.reason).toMatch(/rolled back by .*: prices are wrong/);
    const [newest] = await scenario.store.deployments.history({ limit: 1 });
    expect(newest).toMatchObject({ trigger: "rollback", status: "succeeded", revision: first });

    // The same push again does not bring it back …
    const again = await scenario.deliver({ after: second, before: first });
    expect(JSON.stringify(await again.json())).toMatch(/not deployed again by itself: rolled back by/);
    expect(await scenario.answer()).toBe("version 1");
    // … until a person releases it.
    const released = await scenario.fraisier("release", "shop", "production", "--reason", "prices are right again");
    expect(released).toMatchObject({ exitCode: 0 });
    await scenario.fraisier("lock", "shop", "--reason", "audit");
    await scenario.fraisier("unlock", "shop", "--reason", "audited");
    const ofTarget = (await scenario.fraisier("why", "shop", "production")).stdout;
    expect(ofTarget).toMatch(
      /resumed shop\/production: prices are right again\.\n.* locked shop\/every environment: audit\.\n.* unlocked shop\/every environment: audited\./,
    );
    expect((await scenario.fraisier("why", second)).stdout).toMatch(/resumed shop\/production: prices are right/);
    expect((await scenario.fraisier("why", first)).stdout.split("\n\n")[1]).not.toMatch(/resumed/);
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
    expect((await scenario.fraisier("deploy", "shop", "production", "--revision", second, "--wait")).exitCode).toBe(0);
    expect(await scenario.answer()).toBe("version 2");
  });

  it("goes to a commit, a tag or a deployment, refuses what never ran, and twice in a row goes back twice", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const first = await live(scenario, "1");
    await scenario.git("tag", "v1");
    await scenario.git("push", "--quiet", "origin", "v1");
    await live(scenario, "2");
    await live(scenario, "3");
    const back = async (...args: readonly string[]): Promise<string> => {
      const { exitCode, stderr } = await scenario.fraisier("rollback", "shop", "production", ...args);
      return exitCode === 0 ? await scenario.answer() : stderr;
    };
    expect(await back()).toBe("version 2");
    expect(await back()).toBe("version 1");
    expect(await back()).toMatch(/nothing but .* has held/);
    // Revisions whose hold has ended are newer all the same: going back again never goes forward to them.
    expect((await scenario.fraisier("release", "shop", "production")).exitCode).toBe(0);
    expect(await back()).toMatch(/nothing but .* has held/);
    expect(await back("--to-commit", first.slice(0, 7))).toMatch(/runs .* already/);
    expect(await back("--to-commit", "0123456")).toMatch(/never ran/);
    const third = (
      await scenario.store.deployments.newestSuccesses({ fraise: "shop", environment: "production", job: "" }, 9)
    )[2];
    expect(await back("--to-deployment", third?.id ?? "")).toBe("version 3");
    expect(await back("--to-version", "v1")).toBe("version 1");
    expect(await back("--to-version", "v9")).toMatch(/no tag v9/);
  });

  it("builds the old revision again where the checkout is deployed in place", async () => {
    const scenario = await createScenario({ layout: "in_place" });
    await scenario.git("commit", "--quiet", "--allow-empty", "-m", "empty");
    await scenario.git("push", "--quiet", "origin", "main");
    await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
    await scenario.start();
    await live(scenario, "1");
    await live(scenario, "2");
    expect((await scenario.fraisier("rollback", "shop", "production")).exitCode).toBe(0);
    expect(await scenario.answer()).toBe("version 1");
  });
});

describe("rollback by hand beside a push", () => {
  it("drops nothing that waits, and does not guess while something runs", async () => {
    const scenario = await createScenario({
      environment: `hooks: { after_deploy: 'test ! -e slow || ${WAIT_AT_GATE}' }`,
    });
    await scenario.start();
    const [first, second] = [await live(scenario, "1"), await live(scenario, "2")];
    await scenario.fraisier("lock", "shop", "production", "--reason", "wait");
    const third = await scenario.commit("3", { slow: "" });
    await scenario.push();
    await until("the deployment to be held", async () => (await waiting(scenario)) !== null);
    for (const more of [[], ["--dry-run"], ["--to-commit", first]]) {
      const back = await scenario.fraisier("rollback", "shop", "production", ...more);
      expect(back).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/of \w{7} waits: going back would drop it[^]*fraisier cancel/),
      });
    }
    await scenario.fraisier("unlock", "shop", "production");
    await until("the new code", async () => (await scenario.answer()) === "version 3");
    const back = await scenario.fraisier("rollback", "shop", "production");
    expect(back).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("is running: what is gone back from is not known yet"),
    });
    openGate(scenario);
    expect(await scenario.settled(third)).toMatchObject({ status: "succeeded" });
    expect((await scenario.fraisier("rollback", "shop", "production")).exitCode).toBe(0);
    expect((await scenario.store.targets.status())[0]).toMatchObject({ revision: second });
  });

  it("is told by a replay, and what was gone back from is deployed again once it is released", async () => {
    const scenario = await createScenario();
    await scenario.start();
    await live(scenario, "1");
    const second = await live(scenario, "2");
    const [delivery] = await scenario.store.deliveries.history({ limit: 1 });
    expect((await scenario.fraisier("rollback", "shop", "production")).exitCode).toBe(0);
    const replay = async (): Promise<string> =>
      (await scenario.fraisier("webhooks", "replay", delivery?.id ?? "")).stdout;
    expect(await replay()).toMatch(/held/);
    expect((await scenario.fraisier("release", "shop", "production")).exitCode).toBe(0);
    expect(await replay()).toMatch(/queued/);
    await until("the deployment", async () => (await scenario.answer()) === "version 2");
    await until("its end", async () => (await scenario.store.targets.status())[0]?.revision === second);
    expect(await replay()).toMatch(/redelivery/);
  });
});

describe("locks and freeze windows", () => {
  it("keep a push waiting with the reason, until unlocked", async () => {
    const scenario = await createScenario();
    await scenario.start();
    await live(scenario, "1");
    expect((await scenario.fraisier("lock", "shop")).stderr).toMatch(/needs a reason/);
    expect((await scenario.fraisier("lock", "shop", "--reason", "database move")).exitCode).toBe(0);
    const second = await scenario.commit("2");
    await scenario.push();
    await until("the deployment to be held", async () => (await waiting(scenario)) !== null);
    expect(await waiting(scenario)).toMatch(/ locked shop\/every environment: database move/);
    expect((await scenario.fraisier("status")).stdout).toMatch(/waits: .* locked/);
    expect((await scenario.fraisier("unlock", "shop", "production")).exitCode).toBe(2);
    const byHand = scenario.fraisierStarts("deploy", "shop", "production", "--wait");
    let said = "";
    byHand.child.stdout?.on("data", (text: string) => (said += text));
    await until("the person to be told", async () => said.includes("waits: "));
    expect((await scenario.fraisier("unlock", "shop")).exitCode).toBe(0);
    expect(await scenario.settled(second)).toMatchObject({ status: "succeeded", waitsBecause: undefined });
    expect((await byHand.ended).stdout).toMatch(/waits: .* locked/);
  });

  it("are seen in status where nothing waits, and the second says what it takes the place of", async () => {
    const scenario = await createScenario();
    const lock = async (...args: readonly string[]) => await scenario.fraisier("lock", ...args);
    expect((await scenario.fraisier("status")).stdout).not.toMatch(/locked/);
    await lock("shop", "production", "--reason", "database move");
    expect((await scenario.fraisier("status")).stdout).toMatch(/never deployed; locked by \S+@\S+: database move/);
    const again = await lock("shop", "production", "--reason", "audit");
    expect(again.stdout).toMatch(/takes the place of the lock of \S+@\S+ .*: database move/);
    expect((await scenario.fraisier("unlock", "shop", "production")).exitCode).toBe(0);
    await scenario.commit("1");
    await scenario.push();
    expect(await scenario.fraisier("deploy", "shop", "production")).toMatchObject({ exitCode: 0 });
    await lock("--all", "--reason", "holidays");
    expect((await scenario.fraisier("status")).stdout).toMatch(/active; locked by \S+ \(every target\): holidays/);
    const { targets } = JSON.parse((await scenario.fraisier("status", "--json")).stdout) as { targets: unknown[] };
    expect(targets).toMatchObject([{ target: "shop/production", locks: [{ fraise: "*", reason: "holidays" }] }]);
  });

  it("are taken off a target that fraises.yaml no longer has, which status says", async () => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.push();
    expect(await scenario.fraisier("deploy", "shop", "production")).toMatchObject({ exitCode: 0 });
    expect((await scenario.fraisier("lock", "shop", "production", "--reason", "move")).exitCode).toBe(0);
    const config = join(scenario.folder, "fraises.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replace(/^( +)shop:$/m, "$1store:"));
    expect((await scenario.fraisier("status")).stdout).toMatch(
      /shop\/production .*active; locked by \S+: move; no longer in fraises\.yaml/,
    );
    expect(await scenario.fraisier("unlock", "shop", "staging")).toMatchObject({ exitCode: 2 });
    expect(await scenario.fraisier("unlock", "shop", "production")).toMatchObject({ exitCode: 0 });
    expect((await scenario.fraisier("lock")).stdout).toMatch(/Nothing is locked/);
    expect(await scenario.fraisier("lock", "shop", "production", "--reason", "x")).toMatchObject({ exitCode: 2 });
  });

  it("hold deployments by hand too, but for --override, which is recorded; a rollback passes a freeze", async () => {
    const scenario = await createScenario({
      environment: `freeze: { from: "2026-01-01", to: "2099-01-01", timezone: Europe/Berlin, reason: holidays }`,
    });
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await until("the deployment to be held", async () => (await waiting(scenario)) !== null);
    expect(await waiting(scenario)).toBe("frozen from 2026-01-01 to 2099-01-01 (Europe/Berlin): holidays");
    expect((await scenario.fraisier("why", "last")).stdout).toMatch(
      /-> The freeze ends 2099-01-01 \(Europe\/Berlin\); fraisier deploy .* --override/,
    );
    const deploy = ["deploy", "shop", "production", "--wait", "--override"];
    expect((await scenario.fraisier(...deploy, " ")).exitCode).toBe(2);
    expect((await scenario.fraisier(...deploy, "hotfix")).exitCode).toBe(0);
    const row = await scenario.settled(first);
    expect(row).toMatchObject({ status: "succeeded", overrideReason: "hotfix" });
    expect(row.overrideBy).toMatch(/@/);
    await scenario.commit("2");
    await scenario.push();
    expect((await scenario.fraisier(...deploy, "again")).exitCode).toBe(0);
    expect(await scenario.answer()).toBe("version 2");
    expect((await scenario.fraisier("rollback", "shop", "production")).exitCode).toBe(0);
    expect(await scenario.answer()).toBe("version 1");
  });
});

describe("migrations by hand after a rollback", () => {
  it("takes nothing back while the database has what the release does not know", async () => {
    const scenario = await createScenario({ environment: "database: { tool: sql, url: 'sqlite:$FOLDER/shop.db' }" });
    const config = join(scenario.folder, "fraises.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replace("$FOLDER", scenario.folder));
    await scenario.start();
    const up = "-- migrate:up\ncreate table one (a);\n-- migrate:down\ndrop table one;\n";
    await live(scenario, "1", { "migrations/0001_one.sql": up });
    await live(scenario, "2", { "migrations/0002_two.sql": "alter table one add column b;\n" });
    expect((await scenario.fraisier("rollback", "shop", "production")).exitCode).toBe(0);
    const { exitCode, stderr } = await scenario.fraisier("migration", "rollback", "shop", "--target", "production");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/nothing is taken back: this release does not know 0002_two/);
    expect(await scenario.program("sqlite3", join(scenario.folder, "shop.db"), ".tables")).toContain("one");
  });
});

describe("rollback by hand of other things than a service", () => {
  it("deploys the old files of component groups again, and runs the old deploy.sh", async () => {
    const deployed = async (type: string, environment: string, files: (v: string) => Record<string, string>) => {
      const scenario = await createScenario({ type, environment });
      await scenario.start();
      for (const version of ["1", "2"]) {
        const revision = await scenario.commit(version, files(version));
        await scenario.push();
        expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
      }
      const live = (): string => readFileSync(join(scenario.app, "live"), "utf8").trim();
      expect(live()).toBe("2");
      expect(await scenario.fraisier("rollback", "shop", "production")).toMatchObject({ exitCode: 0 });
      return live();
    };
    const groups = `groups: [{ name: parts, order: 1, file_patterns: ["part"], changed_only: true, deploy_command: 'cp {file} "$FRAISIER_APP_PATH/live"' }]`;
    expect(await deployed("groups", groups, (version) => ({ part: version }))).toBe("1");
    const script = { "deploy.sh": '#!/bin/sh\ncat VERSION > "$FRAISIER_APP_PATH/live"\n' };
    expect(await deployed("script", "", () => script)).toBe("1");
  });

  it("with a database: the service is brought back when the old release does not hold", async () => {
    const scenario = await createScenario({ environment: "database: { tool: sql, url: 'sqlite:$FOLDER/shop.db' }" });
    const config = join(scenario.folder, "fraises.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replace("$FOLDER", scenario.folder));
    await scenario.start();
    await live(scenario, "1", { "migrations/0001_prices.sql": "create table price (amount);\n" });
    await live(scenario, "2");
    const [, first] = await scenario.store.deployments.newestSuccesses(
      { fraise: "shop", environment: "production", job: "" },
      2,
    );
    writeFileSync(join(first?.releasePath ?? "", "VERSION"), "1 broken\n");
    const { exitCode } = await scenario.fraisier("rollback", "shop", "production");
    expect(exitCode).toBe(1);
    expect((await scenario.store.deployments.history({ limit: 1 }))[0]).toMatchObject({ status: "rolled_back" });
    expect(await scenario.answer()).toBe("version 2");
  });
});

describe("Ctrl-C in a deployment that is waited for", () => {
  const isIn = async (scenario: Scenario, phase: string): Promise<boolean> =>
    (await scenario.store.deployments.history({ limit: 1 })).some(
      (each) => each.status === "running" && each.phase === phase,
    );

  /** A second signal of a kind that comes before the first is seen is the same signal. */
  const pressCtrlC = async (child: ChildProcess, times: number): Promise<void> => {
    const heard = new Promise((resolve) => {
      child.stdout?.on("data", (text: string) => text.includes("Ctrl-C again") && resolve(true));
    });
    child.kill("SIGINT");
    if (times === 1) return;
    await heard;
    child.kill("SIGINT");
  };

  it("without a daemon: cancels, a second one ends the runner too; what was activated is taken back, the queue is free", async () => {
    const scenario = await createScenario({
      environment:
        "build: 'test ! -f slow || { trap : TERM; sleep 60; sleep 1; }'\nverify: [{ type: command, command: '! test -f doubtful || sleep 60' }]",
    });
    const first = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.fraisier("deploy", "shop", "production")).toMatchObject({ exitCode: 0 });

    for (const [file, phase, times, status] of [
      ["slow", "building", 1, "cancelled"],
      ["slow", "building", 2, "cancelled"],
      ["doubtful", "verifying", 2, "rolled_back"],
    ] as const) {
      const revision = await scenario.commit(`${phase} ${times}`, { [file]: `${times}` });
      await scenario.push();
      const { child, ended } = scenario.fraisierStarts("deploy", "shop", "production");
      await until(phase, async () => await isIn(scenario, phase));
      await pressCtrlC(child, times);
      const { exitCode, stdout } = await ended;
      expect({ exitCode, stdout }).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/cancelled/) });
      // What the next runner does is printed behind what was printed before, and not after all of it once more.
      const lines = stdout.split("\n").filter((line) => /^\d\d:\d\d:\d\d /.test(line));
      expect(lines.filter((line) => line === lines[0])).toHaveLength(1);
      expect(await scenario.settled(revision)).toMatchObject({ status, reason: expect.stringMatching(/cancelled/) });
      expect(await scenario.answer()).toBe("version 1");
      const told = (await scenario.fraisier("why", "last")).stdout;
      expect(told).toMatch(
        status === "cancelled" ? /-> Redeliver the push/ : /\S+ cancelled it, and it was taken back/,
      );
      await scenario.git("rm", "--quiet", file);
    }
    const [target] = await scenario.store.targets.status();
    expect(target).toMatchObject({ revision: first });
    const next = await scenario.commit("2");
    await scenario.push();
    expect(await scenario.fraisier("deploy", "shop", "production")).toMatchObject({ exitCode: 0 });
    expect(await scenario.settled(next)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 2");
  });

  it("with a daemon: the deployment goes on, and the command says how to cancel it", async () => {
    const scenario = await createScenario({
      environment: "build: 'test ! -f slow || { trap : TERM; sleep 60; sleep 1; }'",
    });
    await scenario.start();
    const revision = await scenario.commit("1", { slow: "1" });
    await scenario.git("push", "--quiet", "origin", "HEAD:refs/heads/other");
    const { child, ended } = scenario.fraisierStarts("deploy", "shop", "production", "--revision", revision, "--wait");
    await until("building", async () => await isIn(scenario, "building"));
    child.kill("SIGINT");
    const { exitCode, stdout } = await ended;
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 130,
      stdout: expect.stringMatching(/goes on\..*fraisier cancel/),
    });
    expect(await isIn(scenario, "building")).toBe(true);
    expect((await scenario.fraisier("cancel", "last")).exitCode).toBe(0);
    expect(await scenario.settled(revision)).toMatchObject({ status: "cancelled" });
  });
});
