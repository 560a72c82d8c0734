import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { createHmac } from "node:crypto";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { LOADED } from "../helpers/loaded.ts";
import { mountSmall } from "../helpers/mount-small.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { stopOutsideTheStore } from "../helpers/stop-outside-the-store.ts";

/** The deployment of this revision once its step has begun. */
async function inStep(scenario: Scenario, revision: string, step: string): Promise<{ id: string; pid: number }> {
  const { id } = await scenario.settled(revision, "running");
  let pid = 0;
  await until(`step ${step}`, async () => {
    const detail = await scenario.store.deployments.detail(id);
    pid = (JSON.parse(detail?.deployment.runnerIdentity ?? "{}") as { pid?: number }).pid ?? 0;
    return detail?.steps.some((each) => each.step === step && each.status === "started") === true;
  });
  return { id, pid };
}

function running(text: string): boolean {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).includes(text);
}

describe("commands that misbehave", () => {
  it("ignores SIGTERM and forks into the background: ended all the same, with all it started", async () => {
    const build = `(setsid sleep 71.25 &) ; trap "" TERM; sleep 71.5 & sleep 71.75; true`;
    const scenario = await createScenario({ environment: `build: { command: '${build}', timeout: 1s }` });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "failed", reason: expect.stringMatching(/1 s/) });
    expect(running("sleep 71.5") || running("sleep 71.75")).toBe(false);
    // In a session of its own, found by its environment.
    expect(running("sleep 71.25")).toBe(false);
  });

  it("prints half a gigabyte: the runner stays small, the start and the end are kept", async () => {
    const scenario = await createScenario({
      environment: `build: 'echo first; head -c 500000000 /dev/zero | tr "\\0" x | fold -w 200; echo; echo last'`,
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { pid, id } = await inStep(scenario, revision, "build");
    let peakKilobytes = 0;
    const watch = setInterval(() => {
      if (!existsSync(`/proc/${pid}/status`)) return;
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      peakKilobytes = Math.max(peakKilobytes, Number(peak ?? 0));
    }, 200);
    onTestFinished(() => clearInterval(watch));
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    const lines = (await scenario.store.deployments.output(id, 0, 100_000)).filter(({ step }) => step === "build");
    expect(lines[0]?.line).toBe("first");
    expect(lines.at(-1)?.line).toBe("last");
    expect(lines.some(({ line }) => /\d+ lines left out here/.test(line))).toBe(true);
    expect(lines.length).toBeLessThan(21_000);
    expect(peakKilobytes).toBeGreaterThan(0);
    expect(peakKilobytes).toBeLessThan(400_000);
  });

  it("kills its own runner, again and again: given up, with the queue free", async () => {
    const scenario = await createScenario({ environment: `build: test -f quick || kill -9 $PPID` });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({ status: "failed", attempt: 5 });
    expect(row.reason).toMatch(/4 runners died of it, the last one in building \(build\)/);
    const quick = await scenario.commit("2", { quick: "" });
    await scenario.push();
    expect(await scenario.settled(quick)).toMatchObject({ status: "succeeded" });
  });

  it("kills each runner that takes it back: given up as rollback_failed, with the queue free", async () => {
    const deploy = `if [ "$FRAISIER_ROLLBACK" = 1 ]; then kill -9 $PPID; fi\ntest ! -e broken\n`;
    const scenario = await createScenario({ type: "script" });
    await scenario.start();
    const good = await scenario.commit("1", { "deploy.sh": deploy });
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const bad = await scenario.commit("2", { broken: "" });
    await scenario.push();
    expect(await scenario.settled(bad)).toMatchObject({
      status: "rollback_failed",
      reason: "run-script ended with exit code 1; 8 runners died of it, and taking it back never ended",
      hint: expect.stringContaining("The host is in neither state for certain"),
    });
    expect((await scenario.store.queue.state()).running).toEqual([]);
  });

  it("leaves children when its runner is killed: the next runner ends them first", async () => {
    const scenario = await createScenario({
      environment: `build: test -e ../../again && exit 0; touch ../../again; (setsid sleep 72.5 &) ; sleep 72.75`,
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { pid } = await inStep(scenario, revision, "build");
    await until("the child", async () => running("sleep 72.75"));
    process.kill(pid, "SIGKILL");
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 2 });
    expect(running("sleep 72.5") || running("sleep 72.75")).toBe(false);
  });
});

describe("deployments that do not move", () => {
  it("are shown as stuck, in status, metric and log; the phase's deadline ends them", async () => {
    const scenario = await createScenario({
      environment: "build: test -f quick || sleep 60\nphase_timeouts: { building: 20s }",
      deployment: "stuck_after: 2s",
      server: "public: [/metrics]",
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    await inStep(scenario, revision, "build");
    const notices = (): readonly string[] => scenario.daemonLog().match(/"phase":"building","msg":"stuck/g) ?? [];
    await until("the notice", async () => notices().length > 0);
    expect((await scenario.fraisier("status")).stdout).toMatch(/stuck: building for/);
    const metrics = await (await fetch(`${scenario.url}/metrics`)).text();
    expect(metrics).toMatch(/^fraisier_stuck 1$/m);
    expect(metrics).toMatch(/^fraisier_running 1$/m);
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: "not done within the building timeout of 20 s",
    });
    expect(notices()).toHaveLength(1);
  });

  it("are cancelled after activation: taken back, and the revision is not blamed", async () => {
    const scenario = await createScenario({ stableForMs: 8_000 });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await inStep(scenario, revision, "check-health");
    expect((await scenario.fraisier("cancel", id)).stdout).toMatch(/what it changed is taken back/);
    expect(await scenario.settled(revision)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringMatching(/^cancelled by /),
    });
    expect(await scenario.answer()).toBe("no answer");
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined });
  });

  it("are ended by force when their runner does not hear that they are cancelled", async () => {
    const scenario = await createScenario({ environment: "build: test -f quick || sleep 600" });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id, pid } = await inStep(scenario, revision, "build");
    stopOutsideTheStore(scenario, pid);
    expect(await scenario.fraisier("cancel", id)).toMatchObject({ exitCode: 0 });
    expect(await scenario.settled(revision)).toMatchObject({ status: "cancelled", attempt: 2 });
    const quick = await scenario.commit("2", { quick: "" });
    await scenario.push();
    expect(await scenario.settled(quick)).toMatchObject({ status: "succeeded" });
  });
});

describe("a machine that misbehaves", () => {
  it("locks the store for ten seconds in the middle of a deployment: waited for, nothing lost", async () => {
    const scenario = await createScenario({ environment: "build: sleep 0.5" });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    await inStep(scenario, revision, "build");
    const lock = new Database(join(scenario.folder, "fraisier.db"), { timeout: 30_000 });
    lock.exec("begin immediate");
    const second = await scenario.commit("2");
    const pushed = scenario.push();
    for (let i = 0; i < 10; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      // Whoever asks how things are is answered meanwhile.
      expect((await fetch(`${scenario.url}/health`, { signal: AbortSignal.timeout(LOADED * 900) })).ok).toBe(true);
    }
    lock.exec("rollback");
    lock.close();
    await pushed;
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    expect(await scenario.settled(second)).toMatchObject({ status: "succeeded" });
  });

  it("sets its clock back by an hour: durations, leases and the order of things hold", async () => {
    const scenario = await createScenario({ environment: "build: sleep 0.3" });
    const clock = join(scenario.folder, "clock-is-back");
    scenario.with({
      CLOCK_IS_BACK: clock,
      NODE_OPTIONS: `--import ${join(import.meta.dirname, "../helpers/clock-set-back.ts")}`,
    });
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first);
    const second = await scenario.commit("2");
    await scenario.push();
    await inStep(scenario, second, "build");
    writeFileSync(clock, "");
    const row = await scenario.settled(second);
    expect(row).toMatchObject({ status: "succeeded", attempt: 1 });
    expect(Date.parse(row.finishedAt ?? "")).toBeLessThan(Date.parse(row.startedAt ?? ""));
    const steps = (await scenario.store.deployments.detail(row.id))?.steps ?? [];
    const build = steps.find(({ step }) => step === "build");
    expect(build?.durationMs).toBeGreaterThanOrEqual(300);
    expect(build?.durationMs).toBeLessThan(60_000);
    const third = await scenario.commit("3");
    await scenario.push();
    expect(await scenario.settled(third)).toMatchObject({ status: "succeeded" });
    // What was made last is the newest, whatever the clock says.
    expect((await scenario.store.deployments.history({ limit: 1 }))[0]?.revision).toBe(third);
    expect((await scenario.fraisier("rollback", "shop", "production")).exitCode).toBe(0);
    expect(await scenario.answer()).toBe("version 2");
  });

  it("has a full disk: during the log, and during the checkout; nothing runs half", async () => {
    const small = await createScenario({ environment: "min_free_space: 1KB\nbuild: test ! -f chatty || seq 200000" });
    await small.start();
    const first = await small.commit("1");
    await small.push();
    await small.settled(first);
    if (!mountSmall(small.app, "releases", 6)) return;
    // More than the file system holds.
    const large = await small.commit("2", { large: "x".repeat(12 << 20) });
    await small.push();
    const row = await small.settled(large);
    expect(row.status).toBe("failed");
    expect(row.reason).toMatch(/space|write|ENOSPC/i);
    expect(await small.answer()).toBe("version 1");
    // What could not be finished no longer fills the disk, nor does git's index of it.
    expect(readdirSync(join(small.app, "releases")).filter((name) => !/^\w+$/.test(name))).toEqual([]);
    const fixed = await small.commit("3", { large: "" });
    await small.push();
    expect(await small.settled(fixed)).toMatchObject({ status: "succeeded" });
    expect(await small.answer()).toBe("version 3");
  });

  // The log is written while the build goes on: the build stays until the log has filled the disk.
  it("has a full disk under the store: what was under way is brought to its end once there is room", async () => {
    let isMounted = false;
    const scenario = await createScenario({
      environment: `build: 'test -f chatty || exit 0; seq -f "%.0f a line that is written into the store and fills it, with so many words that no store of two megabytes has room for nineteen thousand of them, whether it keeps them once in a table or twice while they wait in the journal that is written ahead of it" 1 19000; sleep 3'`,
      store: {
        folder: "store",
        prepare: (path) => {
          mkdirSync(join(path, "inside"), { recursive: true });
          isMounted = mountSmall(dirname(path), basename(path), 2);
        },
      },
    });
    if (!isMounted) return;
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first);
    const chatty = await scenario.commit("2", { chatty: "" });
    await scenario.push();
    const folder = join(scenario.folder, "store");
    await until(
      "the disk to be full",
      async () => Number(execFileSync("df", ["--output=avail", folder], { encoding: "utf8" }).split("\n")[1]) < 100,
    );
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await scenario.answer()).toBe("version 1");
    execFileSync("mount", ["-o", "remount,size=200m", folder]);
    const row = await scenario.settled(chatty);
    expect(["succeeded", "failed", "rolled_back"]).toContain(row.status);
    expect(await scenario.answer()).toBe(row.status === "succeeded" ? "version 2" : "version 1");
    const third = await scenario.commit("3", { chatty: "" });
    await scenario.push();
    expect(await scenario.settled(third)).toMatchObject({ status: "succeeded" });
  });

  it("is told to stop: requests under way are finished, and the exit code is 0", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const body = JSON.stringify({
      repository: "acme/shop",
      ref: "refs/heads/main",
      before: "0".repeat(40),
      after: "1".repeat(40),
      pusher: "ann",
      message: "",
    });
    const socket = connect(Number(new URL(scenario.url).port), "127.0.0.1");
    const signature = createHmac("sha256", scenario.secret).update(body).digest("hex");
    socket.write(
      `POST /webhook/git HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-fraisier-event: push\r\nexpect: 100-continue\r\n` +
        `x-fraisier-signature: sha256=${signature}\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
    );
    const [goOn] = (await once(socket, "data")) as [Buffer];
    expect(goOn.toString()).toMatch(/^HTTP\/1.1 100/);
    const stopped = scenario.stop("SIGTERM");
    // It listens no longer: it is stopping.
    await until("new connections to be refused", async () => {
      const another = connect(Number(new URL(scenario.url).port), "127.0.0.1");
      const refused = await once(another, "connect").then(
        () => false,
        () => true,
      );
      another.destroy();
      return refused;
    });
    socket.write(body.slice(20));
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 200/);
    expect(await stopped).toBe(0);
    expect(await scenario.store.deployments.history({ limit: 5 })).toHaveLength(1);
  });
});
