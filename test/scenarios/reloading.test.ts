import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LOADED } from "../helpers/loaded.ts";
import { createScenario, freePort, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { stopOutsideTheStore } from "../helpers/stop-outside-the-store.ts";

const change = (scenario: Scenario, from: string | RegExp, to: string): string => {
  const file = join(scenario.folder, "fraises.yaml");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, before.replace(from, to));
  return before;
};

describe("reload", () => {
  it("applies routes, secrets and limits without a restart, while a deployment goes on", async () => {
    const scenario = await createScenario({
      environment: "build: test -f slow && sleep 4; true",
      deployment: "concurrency: 2",
    });
    await scenario.start();
    const pid = scenario.daemonPid();
    const first = await scenario.commit("1", { slow: "" });
    await scenario.push();
    await scenario.settled(first, "running");

    const secret = "another-secret-0123456789";
    writeFileSync(join(scenario.folder, "webhook-secrets"), `ROTATED=${secret}\n`);
    change(scenario, "${SCENARIO_SECRET}", "${ROTATED}");
    change(scenario, "branch: main", 'branch: ["live-*"]');
    expect((await scenario.fraisier("status")).stdout).toContain(
      "was changed since the daemon read it: fraisier reload applies that",
    );
    expect((await scenario.deliver({ before: "0".repeat(40), after: first })).status).toBe(200);
    expect(await scenario.fraisier("reload", "--wait")).toMatchObject({
      exitCode: 0,
      stdout: `reloaded: the daemon uses ${join(scenario.folder, "fraises.yaml")} as it is now\n`,
      stderr: "",
    });
    expect(scenario.daemonPid()).toBe(pid);
    expect((await scenario.deliver({ before: "0".repeat(40), after: first })).status).toBe(401);
    expect((await scenario.fraisier("status")).stdout).not.toContain("was changed since");
    // A secret that was changed in its file counts after the next reload.
    writeFileSync(join(scenario.folder, "webhook-secrets"), `ROTATED=${scenario.secret}\n`);
    expect((await scenario.fraisier("status")).stdout).toContain("was changed since the daemon read it");
    expect((await scenario.fraisier("reload", "--wait")).exitCode).toBe(0);
    expect((await scenario.deliver({ before: "0".repeat(40), after: first })).status).toBe(200);
    expect(await scenario.settled(first)).toMatchObject({ status: "succeeded", attempt: 1 });

    const second = await scenario.commit("2");
    expect(await scenario.push("main")).toContain("branch main is not one this target deploys (it wants live-*)");
    expect(await scenario.push("main:live-1")).toContain("queued");
    expect(await scenario.settled(second)).toMatchObject({ status: "succeeded" });
    // What was secret before stays hidden.
    expect(scenario.daemonLog()).not.toContain(scenario.secret);
  });

  it("fails with the line of a broken file, changes nothing, and is told in the log and in status until one succeeds", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const sound = change(scenario, "branch: main", "brnach: main");
    const wrong = /^(\S+fraises\.yaml:\d+:\d+): unknown key "brnach" .*; did you mean "branch"\?/m;
    const failed = await scenario.fraisier("reload", "--wait");
    expect(failed).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(wrong) });
    expect(scenario.daemonLog()).toMatch(/"the reload failed and changed nothing"/);
    expect(scenario.daemonLog()).toContain('unknown key \\"brnach\\"');
    expect((await scenario.fraisier("status")).stderr).toMatch(wrong);
    expect((await scenario.deliver({ before: "0".repeat(40), after: "1".repeat(40) })).status).toBe(200);

    // SIGHUP alone does the same. Once the file can be read again, status tells how the last reload ended.
    process.kill(scenario.daemonPid() ?? 0, "SIGHUP");
    await until("the second failure", async () => scenario.daemonLog().match(/reload failed/g)?.length === 2);
    writeFileSync(join(scenario.folder, "fraises.yaml"), sound);
    expect((await scenario.fraisier("status")).stdout).toMatch(
      /^The reload at \S+ failed and changed nothing: \S+fraises\.yaml:\d+:\d+ unknown key "brnach"/m,
    );
    expect(await scenario.fraisier("reload", "--wait", "--json")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('"reloaded":true'),
    });
    expect((await scenario.fraisier("status")).stdout).not.toContain("reload");
  });

  it("says which changes need a restart, and lets deployments wait while store.url names another store", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const port = new URL(scenario.url).port;
    change(scenario, `127.0.0.1:${port}`, `127.0.0.1:${await freePort()}`);
    expect((await scenario.fraisier("reload", "--wait")).stdout).toContain(
      "server.listen was changed, which needs a restart (systemctl restart fraisier); the daemon still listens where it did.",
    );
    const sound = change(scenario, "fraisier.db", "other.db");
    const revision = await scenario.commit("1");
    await scenario.push();
    let because: string | undefined;
    await until("the reason why it waits", async () => {
      because = (await scenario.settled(revision, "queued")).waitsBecause;
      return because !== undefined;
    });
    expect(because).toMatch(/^store\.url was changed, which needs a restart/);
    writeFileSync(join(scenario.folder, "fraises.yaml"), sound);
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 1 });
  });

  it("is answered once for each who asks, however many ask at once; without a daemon it says so", async () => {
    const scenario = await createScenario();
    expect(await scenario.fraisier("reload", "--wait")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("no daemon runs here that could reload"),
    });
    await scenario.start();
    const asked = await Promise.all(Array.from({ length: 4 }, () => scenario.fraisier("reload", "--wait")));
    expect(asked.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect((await scenario.fraisier("reload")).exitCode).toBe(0);
    await until("the last answer", async () => {
      const [row] = await scenario.store.daemons.all();
      return row?.reloadAsked === 5 && row.reloadAnswered === 5;
    });

    // A daemon that dies before it answers: who waits is told, and the next one reads the file when it starts.
    stopOutsideTheStore(scenario, scenario.daemonPid() ?? 0);
    const waiting = scenario.fraisier("reload", "--wait");
    await until("it is asked", async () => (await scenario.store.daemons.all())[0]?.reloadAsked === 6);
    await scenario.stop("SIGKILL");
    expect(await waiting).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("ended before it had reloaded"),
    });
    await scenario.start();
    expect((await scenario.fraisier("status")).stdout).not.toContain("reload");
  });
});

describe("stopping", () => {
  it("ends within five seconds, although a repository and a service do not answer", async () => {
    // A remote that takes the connection and says nothing, and a status command that ignores SIGTERM.
    const { createServer } = await import("node:net");
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const scenario = await createScenario({
      fraises: `mute:
  type: api
  repository: acme/mute
  clone_url: git://127.0.0.1:${port}/mute.git
  environments: { production: { branch: main, app_path: $FOLDER/mute } }`,
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(revision);
    const script = join(scenario.folder, "service.sh");
    writeFileSync(
      script,
      readFileSync(script, "utf8").replace(
        "status)",
        `status) trap "" TERM; touch ${scenario.folder}/asked; sleep 60; `,
      ),
    );
    await scenario.stop();
    const connected = new Promise((resolve) => silent.once("connection", resolve));
    await scenario.start();
    await connected;
    await until("the service is asked", async () => {
      readFileSync(join(scenario.folder, "asked"));
      return true;
    });
    const since = performance.now();
    expect(await scenario.stop()).toBe(0);
    expect(performance.now() - since).toBeLessThan(LOADED * 5_000);
    silent.close();
  });
});
