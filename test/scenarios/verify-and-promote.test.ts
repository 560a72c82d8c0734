import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

describe("verification after a deployment", () => {
  it("takes a push back whose checks fail, and keeps what each of them saw", async () => {
    const scenario = await createScenario({
      environment: `verify:
  - { type: http, name: home, path: /, contains: version, lacks: wrong }
  - { type: command, command: [test, -f, VERSION] }
  - { type: links, on_failure: warn }`,
    });
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    const first = await scenario.settled(good, "succeeded");
    expect(await scenario.store.verifications.checks(first.id)).toMatchObject([
      { name: "home", type: "http", status: "passed", seen: expect.stringMatching(/^answers 200 in \d+ ms$/) },
      { name: "test -f VERSION ends with 0", status: "passed", seen: "exit code 0" },
      { status: "passed", seen: "1 link, all of them answer" },
    ]);
    const bad = await scenario.commit("2 wrong");
    await scenario.push();
    const row = await scenario.settled(bad);
    expect(row).toMatchObject({
      status: "rolled_back",
      reason: '1 of 3 checks failed: home: the body contains "wrong"',
    });
    expect(await scenario.answer()).toBe("version 1");
    expect((await scenario.store.verifications.checks(row.id)).map(({ status }) => status)).toEqual([
      "failed",
      "passed",
      "passed",
    ]);
    expect((await scenario.store.targets.status())[0]?.hold?.reason).toContain("home: the body contains");
    const shown = await scenario.fraisier("show", row.id);
    expect(shown.stdout).toMatch(/^home +http +failed +\d+ ms +the body contains "wrong"$/m);
    const { checks } = JSON.parse((await scenario.fraisier("show", row.id, "--json")).stdout) as { checks: unknown[] };
    expect(checks).toHaveLength(3);
    const dry = await scenario.fraisier("deploy", "shop", "production", "--dry-run");
    expect(dry.stdout).toMatch(
      /verifying +verify-release +Verify: home; test -f VERSION ends with 0; up to 50 links from \/ answer \(else warn\)/,
    );
  });

  it("keeps a release whose checks are only to warn, and says so until they pass", async () => {
    const scenario = await createScenario({
      environment:
        'verify: { on_failure: warn, base_url: "{serviceUrl}", checks: [{ type: http, path: /, lacks: odd }, { type: command, command: "test ! -f BROKEN" }] }',
    });
    await scenario.start();
    const odd = await scenario.commit("1 odd");
    await scenario.push();
    const row = await scenario.settled(odd, "succeeded");
    const log = await scenario.store.deployments.output(row.id, 0, 1000);
    expect(log.map(({ line }) => line)).toContainEqual(expect.stringMatching(/^warned: .*the body contains "odd"/));
    expect((await scenario.fraisier("status")).stdout).toContain("active, 1 of 2 checks warned");
    const verified = await scenario.fraisier("verify", "shop", "production", "--json");
    expect(verified.exitCode).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ status: "warned", recorded: true, revision: odd });
    const even = await scenario.commit("2 even");
    await scenario.push();
    await scenario.settled(even, "succeeded");
    expect((await scenario.fraisier("status")).stdout).not.toContain("warned");
  });

  it("takes a release back that could not be verified for want of a program, and does not blame the revision", async () => {
    const scenario = await createScenario({ environment: "verify: [{ type: command, command: [no-such-program] }]" });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("there is no program no-such-program on this machine"),
    });
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
  });

  it("by hand tells what holds now, records it, and takes nothing back", async () => {
    const scenario = await createScenario({
      environment: `verify:
  - { type: command, command: ["test", "!", "-f", "../../BROKEN"] }
  - { type: command, command: 'test "$FRAISIER_ENVIRONMENT" = production' }`,
    });
    const none = await scenario.fraisier("verify", "shop", "production");
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("fraisier has not deployed anything") });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(revision, "succeeded");
    expect(await scenario.fraisier("verify", "shop", "production")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("passed"),
    });
    writeFileSync(join(scenario.app, "BROKEN"), "");
    expect(await scenario.fraisier("verify", "shop", "production")).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("ended with exit code 1, not 0"),
    });
    expect(await scenario.answer()).toBe("version 1");
    const { targets } = JSON.parse((await scenario.fraisier("status", "--json")).stdout) as {
      targets: { verification: unknown }[];
    };
    expect(targets[0]?.verification).toMatchObject({ status: "failed", failed: 1, checks: 2, revision });
  });

  it("in place: checks run in the checkout, and a failed one puts it back", async () => {
    const scenario = await createScenario({
      layout: "in_place",
      environment: "verify: [{ type: command, command: '! grep wrong VERSION' }]",
    });
    await scenario.commit("1");
    await scenario.push();
    await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
    await scenario.start();
    const two = await scenario.commit("2");
    await scenario.push();
    await scenario.settled(two, "succeeded");
    const bad = await scenario.commit("3 wrong");
    await scenario.push();
    expect(await scenario.settled(bad)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("it said: 3 wrong"),
    });
    expect(readFileSync(join(scenario.app, "VERSION"), "utf8")).toBe("2\n");
  });
});

const PROMOTION = {
  environments: `development:
  branch: dev
  app_path: "{folder}/srv/dev"
  verify: [{ type: command, command: "! grep -q doubtful VERSION", on_failure: warn }]`,
  environment:
    "requires: { environment: development, verified: true, within: 24h }\ntag: 'deploy/{environment}/{date}-{short}'",
};

describe("promotion", () => {
  it("refuses what has not been through development, and says what is missing", async () => {
    const scenario = await createScenario(PROMOTION);
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    const short = one.slice(0, 7);
    expect(await last(scenario, "production")).toMatchObject({
      revision: one,
      status: "skipped",
      reason: `development runs nothing, not ${short}`,
    });
    const nothing = await scenario.fraisier("promote", "shop", "development", "production");
    expect(nothing).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("has not deployed anything to shop/development yet"),
    });
    const byHand = await scenario.fraisier("deploy", "shop", "production", "--wait");
    expect(byHand.exitCode).toBe(1);
    const failed = await last(scenario, "production");
    expect(failed).toMatchObject({ status: "failed", reason: `development runs nothing, not ${short}` });
    expect((await scenario.store.deployments.detail(failed.id))?.deployment.hint).toContain(
      "fraisier promote shop development production",
    );
    const dry = await scenario.fraisier("deploy", "shop", "production", "--dry-run", "--json");
    expect(JSON.parse(dry.stdout)).toMatchObject({ refused: `development runs nothing, not ${short}` });
    // A verification that only warned does not count as one that passed.
    const doubtful = await scenario.commit("2 doubtful");
    await scenario.push("main:dev");
    expect(await last(scenario, "development")).toMatchObject({ revision: doubtful, status: "succeeded" });
    const promoted = await scenario.fraisier("promote", "shop", "development", "production", "--wait");
    expect(promoted.exitCode).toBe(1);
    expect((await last(scenario, "production")).reason).toMatch(
      /the last verification of [0-9a-f]{7} in development ended with a warning/,
    );
    expect(await scenario.answer()).toBe("no answer");
  });

  it("deploys exactly what runs in development, wherever the branches point, and tags it at the remote", async () => {
    const scenario = await createScenario(PROMOTION);
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push("main:dev");
    await last(scenario, "development");
    await scenario.commit("2");
    await scenario.push();
    const promoted = await scenario.fraisier("promote", "shop", "development", "production", "--wait", "--json");
    expect(promoted.exitCode).toBe(0);
    const row = await last(scenario, "production");
    expect(row).toMatchObject({
      revision: one,
      status: "succeeded",
      trigger: "person",
      message: "promoted from development",
    });
    expect(await scenario.answer()).toBe("version 1");
    const tag = `deploy/production/${row.queuedAt.slice(0, 10)}-${one.slice(0, 7)}`;
    expect(await scenario.git("ls-remote", scenario.bare, `refs/tags/${tag}^{}`)).toContain(one);
    // What the push of the tag delivers deploys nothing; and again by hand finds the tag that is there.
    expect(await scenario.fraisier("promote", "shop", "development", "production", "--wait", "--log")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`the tag ${tag} is there already`),
    });
    expect((await scenario.store.deployments.history({ limit: 50 })).map(({ trigger }) => trigger)).toEqual([
      "person",
      "person",
      "delivery",
      "delivery",
    ]);
  });

  it("a remote that does not take the tag is a warning, and the deployment has succeeded", async () => {
    const scenario = await createScenario({ environment: "tag: { name: 'live-{deployment}' }" });
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    const hook = "#!/bin/sh\nread old new ref\ncase $ref in refs/tags/*) echo no tags here >&2; exit 1 ;; esac\n";
    writeFileSync(join(scenario.bare, "hooks/pre-receive"), hook);
    chmodSync(join(scenario.bare, "hooks/pre-receive"), 0o755);
    await scenario.settled(one, "succeeded");
    const two = await scenario.commit("2");
    await scenario.push();
    const row = await scenario.settled(two, "succeeded");
    const lines = (await scenario.store.deployments.output(row.id, 0, 1000)).map(({ line }) => line);
    expect(lines).toContainEqual(expect.stringContaining(`as live-${row.id}`));
    expect(lines).toContainEqual(expect.stringMatching(/^warning: push of the tag live-/));
    expect(await scenario.answer()).toBe("version 2");
  });
});

/** The newest deployment of an environment, once it has ended. */
async function last(scenario: Scenario, environment: string) {
  const target = { fraise: "shop", environment, job: "" };
  await expect
    .poll(async () => (await scenario.store.deployments.history({ ...target, limit: 1 }))[0]?.finishedAt)
    .toBeTruthy();
  const [row] = await scenario.store.deployments.history({ ...target, limit: 1 });
  if (row === undefined) throw new Error("no deployment");
  return row;
}
