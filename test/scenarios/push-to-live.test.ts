import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { twoVersionsLive } from "../helpers/two-versions-live.ts";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WAIT_AT_GATE, createScenario, openGate, until } from "../helpers/scenario.ts";

describe("from git push to a running release", () => {
  it("takes the pushed revision live, tells the pusher, and records every phase", async () => {
    const scenario = await createScenario({
      environment: 'build: { command: [sh, -c, "echo built > BUILT"] }\ntest: "test -f BUILT"',
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    expect(await scenario.push()).toMatch(
      /remote: fraisier: shop\/production: queued: main at [0-9a-f]{7} is wanted here/,
    );
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({
      status: "succeeded",
      phase: "active",
      progress: 100,
      reason: "",
      triggeredBy: expect.any(String),
    });
    expect(await scenario.answer()).toBe("version 1");
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${row.id}`);
    const detail = await scenario.store.deployments.detail(row.id);
    const phases = detail?.phases.map(({ phase }) => phase) ?? [];
    expect([...new Set(phases)]).toEqual([
      "checking",
      "pulling_source",
      "copying_files",
      "building",
      "creating_symlinks",
      "restarting",
      "health_check",
      "finalizing",
      "active",
    ]);
    const progress = detail?.phases.map((each) => each.progress) ?? [];
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(detail?.steps.every(({ status }) => status === "finished")).toBe(true);
  });

  it("deploys exactly the pushed commit, not the branch's head", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first);
    const second = await scenario.commit("2");
    await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
    const third = await scenario.commit("3");
    await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
    // The branch is further already, and its own delivery is still on its way.
    await scenario.git("-C", scenario.bare, "update-ref", "refs/heads/main", third);
    const response = await scenario.deliver({ before: first, after: second });
    expect(response.status).toBe(200);
    await scenario.settled(second, "succeeded");
    expect(await scenario.answer()).toBe("version 2");
  });

  it("queues one behind the running one; a newer push replaces it, and nothing between is deployed", async () => {
    const scenario = await createScenario({ environment: `build: ${WAIT_AT_GATE}` });
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(one, "running");
    const two = await scenario.commit("2");
    await scenario.push();
    const three = await scenario.commit("3");
    expect(await scenario.push()).toContain("replaces the waiting deployment");
    openGate(scenario);
    const last = await scenario.settled(three);
    expect(last.status).toBe("succeeded");
    expect(await scenario.settled(two)).toMatchObject({ status: "superseded", supersededBy: last.id });
    expect(await scenario.settled(one)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 3");
  });

  it("takes a release back whose health check fails, holds the target, and lets go with the next push", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    const before = await scenario.settled(good);
    const bad = await scenario.commit("2 broken");
    await scenario.push();
    const row = await scenario.settled(bad);
    expect(row.status).toBe("rolled_back");
    expect(row.reason).toMatch(/answers 500, not 200/);
    expect(await scenario.answer()).toBe("version 1");
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${before.id}`);
    const [held] = await scenario.store.targets.status();
    expect(held).toMatchObject({ revision: good, deployment: before.id });
    expect(held?.hold?.reason).toContain(row.id);
    // The same revision again, under a new id: not deployed by itself.
    const again = (await (await scenario.deliver({ before: good, after: bad })).json()) as {
      decisions: { decision: string }[];
    };
    expect(again.decisions[0]?.decision).toBe("held");
    const fixed = await scenario.commit("3");
    await scenario.push();
    await scenario.settled(fixed, "succeeded");
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
    expect(await scenario.answer()).toBe("version 3");
  });

  it("takes back a release whose service does not stay up", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(good);
    const bad = await scenario.commit("2 crash");
    await scenario.push();
    expect((await scenario.settled(bad)).status).toBe("rolled_back");
    expect(await scenario.answer()).toBe("version 1");
  });

  it("leaves nothing running and no link behind when the very first deployment fails", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const bad = await scenario.commit("1 broken");
    await scenario.push();
    expect((await scenario.settled(bad)).status).toBe("rolled_back");
    expect(await scenario.answer()).toBe("no answer");
    expect(existsSync(join(scenario.app, "current"))).toBe(false);
    expect((await scenario.store.targets.status())[0]).toMatchObject({ revision: undefined });
  });

  it("does not touch what runs when the build fails, and keeps what it said", async () => {
    const scenario = await createScenario({
      environment: "build: test ! -f fail || { echo broken build >&2; exit 7; }",
    });
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    const before = await scenario.settled(good);
    const bad = await scenario.commit("2", { fail: "" });
    await scenario.push();
    const row = await scenario.settled(bad);
    expect(row).toMatchObject({ status: "failed", reason: "build ended with exit code 7" });
    expect(row.hint).toContain("broken build");
    expect(await scenario.answer()).toBe("version 1");
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${before.id}`);
    const log = await scenario.store.deployments.output(row.id, 0, 100);
    expect(log.find(({ line }) => line === "broken build")).toMatchObject({ stream: "stderr", step: "build" });
  });

  it("links what releases share, keeps as many releases as wanted, and never removes the one before", async () => {
    const scenario = await createScenario({ environment: "shared: [uploads, .env]\nkeep_releases: 2" });
    mkdirSync(join(scenario.app, "shared"), { recursive: true });
    writeFileSync(join(scenario.app, "shared/.env"), "KEY=value\n");
    await scenario.start();
    let last = "";
    for (const version of ["1", "2", "3", "4"]) {
      const revision = await scenario.commit(version);
      await scenario.push();
      last = (await scenario.settled(revision, "succeeded")).id;
    }
    const current = join(scenario.app, "current");
    expect(readFileSync(join(current, ".env"), "utf8")).toBe("KEY=value\n");
    writeFileSync(join(current, "uploads/photo"), "x");
    expect(existsSync(join(scenario.app, "shared/uploads/photo"))).toBe(true);
    const releases = readdirSync(join(scenario.app, "releases"));
    expect(releases).toHaveLength(2);
    expect(releases).toContain(last);
  });

  it("deploys an annotated tag by the commit it names", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.git("tag", "-a", "v1", "-m", "release 1");
    expect(await scenario.push("v1")).toContain("v1 at");
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({ status: "succeeded", ref: { kind: "tag", name: "v1" } });
  });

  it("holds an annotated tag on a commit that is held", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(one, "succeeded");
    const bad = await scenario.commit("broken");
    await scenario.push();
    await scenario.settled(bad, "rolled_back");
    await scenario.git("tag", "-a", "v1", "-m", "release 1", bad);
    await scenario.push("v1");
    expect(await scenario.settled(bad, "skipped")).toMatchObject({
      ref: { kind: "tag", name: "v1" },
      reason: expect.stringMatching(/is not deployed again by itself: .*"fraisier resume .*" allows it again/),
    });
  });

  it("never goes back because of a late push, and does for a forced one", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(one);
    const two = await scenario.commit("2");
    const three = await scenario.commit("3");
    await scenario.push();
    await scenario.settled(three);
    const late = await scenario.deliver({ before: one, after: two });
    expect(late.status).toBe(200);
    expect(await scenario.settled(two)).toMatchObject({
      status: "skipped",
      reason: expect.stringContaining("is older than"),
    });
    expect(await scenario.answer()).toBe("version 3");
    await scenario.git("reset", "--quiet", "--hard", two);
    await scenario.git("push", "--quiet", "--force", "origin", "main");
    await scenario.settled(two, "succeeded");
    expect(await scenario.answer()).toBe("version 2");
  });

  it("goes back where the branch itself went back, also for forges that do not say forced", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const { first: one, second: two } = await twoVersionsLive(scenario);
    chmodSync(join(scenario.bare, "hooks/post-receive"), 0o644);
    await scenario.git("push", "--quiet", "--force", "origin", `${one}:refs/heads/main`);
    await scenario.deliver({ before: two, after: one });
    await until("version 1", async () => (await scenario.answer()) === "version 1");
    const [last] = await scenario.store.deployments.history({ limit: 1 });
    await until("the deployment to end", async () => (await scenario.settled(one)).id === last?.id);
    expect((await scenario.store.targets.status())[0]?.revision).toBe(one);
  });

  it("takes a tag live that follows a push back, though what runs is ahead of both", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const [one, two, three] = [await scenario.commit("1"), await scenario.commit("2"), await scenario.commit("3")];
    await scenario.push();
    await scenario.settled(three);
    await scenario.fraisier("lock", "shop", "production", "--reason", "wait");
    await scenario.push("--force", `${one}:refs/heads/main`);
    await scenario.push(`${two}:refs/tags/v1`);
    await scenario.fraisier("unlock", "shop", "production");
    expect(await scenario.settled(two)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 2");
  });

  it("takes a tag live that follows a person's choice, though the choice replaced a push which is ahead of the tag", async () => {
    const scenario = await createScenario();
    await scenario.start();
    await scenario.commit("1");
    await scenario.push();
    await scenario.git("checkout", "--quiet", "-b", "side");
    const chosen = await scenario.commit("chosen");
    await scenario.push("side");
    await scenario.git("checkout", "--quiet", "main");
    const [two] = [await scenario.commit("2"), await scenario.commit("3")];
    await scenario.fraisier("lock", "shop", "production", "--reason", "wait");
    await scenario.push();
    await scenario.fraisier("deploy", "shop", "production", "--revision", chosen);
    await scenario.push(`${two}:refs/tags/v1`);
    await scenario.fraisier("unlock", "shop", "production");
    expect(await scenario.settled(two)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 2");
  });

  it("takes a tag live that follows a tag of another line, though that one replaced a push which is ahead of both", async () => {
    const scenario = await createScenario();
    await scenario.start();
    await scenario.commit("1");
    await scenario.push();
    await scenario.git("checkout", "--quiet", "-b", "side");
    const side = await scenario.commit("side");
    await scenario.git("checkout", "--quiet", "main");
    const [two] = [await scenario.commit("2"), await scenario.commit("3")];
    await scenario.fraisier("lock", "shop", "production", "--reason", "wait");
    await scenario.push();
    await scenario.push(`${side}:refs/tags/v2`);
    await scenario.push(`${two}:refs/tags/v1`);
    await scenario.fraisier("unlock", "shop", "production");
    expect(await scenario.settled(two)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 2");
  });

  it("does not go back for a late push that takes the place of a person's choice, which a newer push had joined", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(one);
    const [two, three] = [await scenario.commit("2"), await scenario.commit("3")];
    await scenario.fraisier("lock", "shop", "production", "--reason", "wait");
    chmodSync(join(scenario.bare, "hooks/post-receive"), 0o644);
    await scenario.push();
    await scenario.fraisier("deploy", "shop", "production", "--revision", three);
    await scenario.deliver({ before: two, after: three });
    await scenario.deliver({ before: one, after: two });
    await scenario.fraisier("unlock", "shop", "production");
    expect(await scenario.settled(two)).toMatchObject({
      status: "skipped",
      reason: expect.stringContaining("in the wrong order"),
    });
    await until("version 3", async () => (await scenario.answer()) === "version 3");
  });

  it("deploys the newer of two pushes that arrive in the wrong order while another one runs", async () => {
    const scenario = await createScenario({ environment: `build: ${WAIT_AT_GATE}` });
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(one, "running");
    const [two, three, four] = [await scenario.commit("2"), await scenario.commit("3"), await scenario.commit("4")];
    chmodSync(join(scenario.bare, "hooks/post-receive"), 0o644);
    await scenario.push();
    await scenario.deliver({ before: three, after: four });
    await scenario.deliver({ before: one, after: two });
    openGate(scenario);
    expect(await scenario.settled(two)).toMatchObject({
      status: "skipped",
      reason: expect.stringContaining("in the wrong order"),
    });
    await until("version 4", async () => (await scenario.answer()) === "version 4");
  });

  it("skips what touches none of the target's paths, by what runs and not by what the push lists", async () => {
    const scenario = await createScenario({ environment: 'paths: ["VERSION", "service.js"]' });
    await scenario.start();
    const one = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(one);
    const docs = await scenario.commit("1", { "docs/readme.md": "words" });
    await scenario.push();
    expect(await scenario.settled(docs)).toMatchObject({
      status: "skipped",
      reason: expect.stringContaining("touches VERSION"),
    });
  });

  it("works on a checkout in place, and puts it back when it fails", async () => {
    const scenario = await createScenario({ layout: "in_place", environment: "build: cp VERSION BUILT" });
    const one = await scenario.commit("1", { ".gitignore": "BUILT\n" });
    await scenario.push();
    await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
    await scenario.start();
    const two = await scenario.commit("2");
    await scenario.push();
    expect(await scenario.settled(two)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 2");
    const bad = await scenario.commit("3 broken");
    await scenario.push();
    expect(await scenario.settled(bad)).toMatchObject({ status: "rolled_back" });
    expect(await scenario.answer()).toBe("version 2");
    expect(readFileSync(join(scenario.app, "BUILT"), "utf8")).toBe("2\n");
    expect(one).not.toBe(two);
    writeFileSync(join(scenario.app, "VERSION"), "edited by hand\n");
    const four = await scenario.commit("4");
    await scenario.push();
    const row = await scenario.settled(four);
    expect(row.reason).toContain("changed by hand");
    expect(readFileSync(join(scenario.app, "VERSION"), "utf8")).toBe("edited by hand\n");
  });
});
