import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { ownIdentity } from "../../src/host/process-identity.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { CommandResult, DeploymentRow, Scenario, ScenarioOptions } from "../helpers/scenario.ts";
import { stopOutsideTheStore } from "../helpers/stop-outside-the-store.ts";

interface Report {
  readonly damages: readonly { readonly kind: string; readonly where: string; readonly by_hand: string | null }[];
}

/** Version 1 runs. */
async function deployed(options: ScenarioOptions = {}): Promise<{ scenario: Scenario; first: DeploymentRow }> {
  const scenario = await createScenario(options);
  const revision = await scenario.commit("1", { "a.txt": "one" });
  if (options.layout === "in_place") {
    await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
    await scenario.git("clone", "--quiet", "--branch", "elsewhere", scenario.bare, scenario.app);
  }
  await scenario.start();
  await scenario.push();
  return { scenario, first: await scenario.settled(revision, "succeeded") };
}

/** What `fraisier repair --dry-run` says, which must touch nothing. */
async function found(scenario: Scenario, ...args: readonly string[]): Promise<Report["damages"]> {
  const { exitCode, stdout } = await scenario.fraisier("repair", "--dry-run", "--json", ...args);
  const { damages } = JSON.parse(stdout) as Report;
  expect(exitCode).toBe(damages.length === 0 ? 0 : 1);
  return damages;
}

/** Mends everything, and finds nothing the second time. */
async function repaired(scenario: Scenario): Promise<CommandResult> {
  const result = await scenario.fraisier("repair", "--yes");
  expect(result).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await scenario.fraisier("repair", "--yes")).toMatchObject({ exitCode: 0, stdout: "Nothing is broken.\n" });
  return result;
}

async function deploysTheNextPush(scenario: Scenario, version = "next"): Promise<void> {
  const revision = await scenario.commit(version);
  await scenario.push();
  const row = await scenario.settled(revision);
  expect(row).toMatchObject({ status: "succeeded" });
  expect(await scenario.answer()).toBe(`version ${version}`);
}

function pidOf({ runnerIdentity: identity }: DeploymentRow): number {
  return (JSON.parse(identity ?? "{}") as { pid: number }).pid;
}

async function running(scenario: Scenario, revision: string, step: string): Promise<DeploymentRow> {
  const { id } = await scenario.settled(revision, "running", "rolling_back");
  await until(`the step ${step}`, async () => {
    const detail = await scenario.store.deployments.detail(id);
    return detail?.steps.some((each) => each.step === step && each.status === "started") === true;
  });
  const row = (await scenario.store.deployments.detail(id))?.deployment;
  if (row === undefined) throw new Error("no row");
  return row;
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function mirrorOf(scenario: Scenario): string {
  const folder = join(scenario.folder, "mirrors");
  return join(folder, readdirSync(folder)[0] ?? "");
}

function makeOld(...paths: readonly string[]): void {
  const long = new Date(Date.now() - 600_000);
  for (const path of paths) utimesSync(path, long, long);
}

describe("fraisier repair", () => {
  it("finds nothing on a machine on which nothing is broken, whether a daemon runs or not", async () => {
    const { scenario } = await deployed();
    expect(await found(scenario)).toEqual([]);
    await scenario.stop();
    expect(await scenario.fraisier("repair")).toMatchObject({ exitCode: 0, stdout: "Nothing is broken.\n" });
  });

  it("mends nothing before a person has said so, and nothing for a target that was not named", async () => {
    const { scenario, first } = await deployed();
    const half = join(scenario.app, "releases", `${first.id}.unfinished`);
    mkdirSync(half);
    expect(await scenario.fraisier("repair")).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining(half),
      stderr: expect.stringContaining("Say --yes"),
    });
    expect(await found(scenario, "shop/production")).toMatchObject([{ kind: "release", where: half }]);
    expect(await scenario.fraisier("repair", "nothing")).toMatchObject({ exitCode: 2 });
    expect(existsSync(half)).toBe(true);
    expect((await scenario.fraisier("why", "shop", "production")).stdout).not.toContain("repaired");
  });

  it("is told by why, with the person and the thing that was mended", async () => {
    const { scenario, first } = await deployed();
    const half = join(scenario.app, "releases", `${first.id}.unfinished`);
    mkdirSync(half);
    await repaired(scenario);
    const why = (await scenario.fraisier("why", "shop", "production")).stdout.replaceAll(/\s+/g, " ");
    expect(why).toMatch(/\S+@\S+ repaired shop\/production: /);
    expect(why).toContain(half);
  });

  it("removes half releases and their temporary files, also if they fill the disk so that no deployment begins; other folders stay", async () => {
    const { scenario, first } = await deployed();
    const releases = join(scenario.app, "releases");
    const uuid = "11111111-2222-3333-4444-555555555555";
    const left = [`${first.id}.unfinished`, `${first.id}.deleting`].map((name) => join(releases, name));
    for (const path of left) mkdirSync(join(path, "inside"), { recursive: true });
    left.push(join(releases, `.${first.id}.unfinished.index-${uuid}`), join(scenario.app, `.current.${uuid}`));
    writeFileSync(left[2] ?? "", "");
    symlinkSync("releases/none", left[3] ?? "");
    const kept = [join(releases, "mine.unfinished"), join(scenario.app, ".current.mine")];
    for (const path of kept) mkdirSync(path);
    expect((await found(scenario)).map(({ where }) => where).toSorted()).toEqual(left.toSorted());
    await repaired(scenario);
    expect(left.filter((path) => existsSync(path))).toEqual([]);
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
    await deploysTheNextPush(scenario);
  });

  it("leaves what a living deployment writes alone, and says which deployment it is", async () => {
    const { scenario, first } = await deployed({ environment: "build: test ! -f slow || sleep 47.5" });
    const slow = await scenario.commit("2", { slow: "" });
    await scenario.push();
    const { id } = await running(scenario, slow, "build");
    const half = join(scenario.app, "releases", `${first.id}.unfinished`);
    mkdirSync(half);
    expect(await scenario.fraisier("repair", "--yes")).toMatchObject({ exitCode: 0, stdout: "Nothing is broken.\n" });
    expect(existsSync(half)).toBe(true);
    await scenario.fraisier("cancel", id);
    await scenario.settled(slow, "cancelled");
    await repaired(scenario);
    expect(existsSync(half)).toBe(false);
  });

  it.each([
    ["is gone", (app: string) => rmSync(join(app, "current"))],
    ["points to nothing", (app: string) => relink(app, "releases/0000000000000")],
    [
      "leads to a release that fraisier does not know",
      (app: string) => {
        mkdirSync(join(app, "releases/hotfix"));
        relink(app, "releases/hotfix");
      },
    ],
    [
      "became a folder, over which no release can be switched",
      (app: string) => {
        rmSync(join(app, "current"));
        mkdirSync(join(app, "current/precious"), { recursive: true });
      },
    ],
  ])("brings `current` back to the recorded release if it %s", async (_how, harm) => {
    const { scenario, first } = await deployed();
    const { app } = scenario;
    harm(app);
    expect(await found(scenario)).toMatchObject([{ kind: "current link", where: join(app, "current"), by_hand: null }]);
    await repaired(scenario);
    expect(readlinkSync(join(app, "current"))).toBe(`releases/${first.id}`);
    const aside = readdirSync(app).filter((name) => name.startsWith("current.aside-"));
    expect(aside.map((name) => existsSync(join(app, name, "precious")))).toEqual(aside.map(() => true));
    await deploysTheNextPush(scenario);
  });

  it("names the command that deploys if the recorded release is gone, too", async () => {
    const { scenario, first } = await deployed();
    rmSync(join(scenario.app, "releases", first.id), { recursive: true });
    expect(await scenario.fraisier("repair", "--yes")).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("fraisier deploy shop production"),
    });
    const deploy = ["deploy", "shop", "production", "--wait"];
    expect((await scenario.fraisier(...deploy)).stdout).toContain("succeeded");
    expect(await found(scenario)).toEqual([]);
  });

  it("removes lock files and half packs of killed gits from a mirror, and from mirrors of no target; a living git's stay", async () => {
    const { scenario } = await deployed();
    const mirror = mirrorOf(scenario);
    const [lock, pack] = [join(mirror, "packed-refs.lock"), join(mirror, "objects/pack/tmp_pack_XyZ123")];
    const half = `${mirror}.new-AbCdEf`;
    for (const path of [lock, pack]) writeFileSync(path, "");
    mkdirSync(half);
    makeOld(pack, half);
    const git = spawn("sleep", ["60"], { env: { GIT_DIR: mirror, PATH: process.env["PATH"] ?? "" } });
    onTestFinished(() => void git.kill());
    expect(await found(scenario)).toEqual([]);
    git.kill("SIGKILL");
    await until("it to end", async () => git.signalCode !== null);
    expect((await found(scenario)).map(({ where }) => where).toSorted()).toEqual([lock, pack, half].toSorted());
    await repaired(scenario);
    expect([lock, pack, half].filter((path) => existsSync(path))).toEqual([]);
    await deploysTheNextPush(scenario);
  });

  it.each([
    ["lost its HEAD", (mirror: string) => rmSync(join(mirror, "HEAD"))],
    [
      "has empty refs, as after a power cut",
      (mirror: string) => {
        const keep = join(mirror, "refs/fraisier/keep");
        for (const name of readdirSync(keep)) truncateSync(join(keep, name), 0);
      },
    ],
    [
      "lost objects",
      (mirror: string) => {
        const packs = join(mirror, "objects/pack");
        for (const name of readdirSync(packs)) rmSync(join(packs, name), { force: true });
      },
    ],
  ])("puts a mirror aside that %s, so that the next push is fetched into a new one", async (_how, harm) => {
    const { scenario } = await deployed();
    const mirror = mirrorOf(scenario);
    harm(mirror);
    expect(await found(scenario)).toMatchObject([{ kind: "mirror", where: mirror, by_hand: null }]);
    await repaired(scenario);
    expect(readdirSync(join(mirror, ".."))).toEqual([expect.stringMatching(/\.git\.damaged-\d+T\d+Z$/)]);
    await deploysTheNextPush(scenario);
  });

  it("takes up a deployment whose runner was killed if no daemon runs, with everything that this runner left", async () => {
    const { scenario } = await deployed({
      environment: `build: "test ! -f slow || test -e $FRAISIER_APP_PATH/go || { setsid -f sh -c 'echo $$ > $FRAISIER_APP_PATH/straggler; exec sleep 300'; sleep 47.6; }"`,
    });
    const slow = await scenario.commit("2", { slow: "" });
    await scenario.push();
    const row = await running(scenario, slow, "build");
    await until("the straggler", async () => readFileSync(join(scenario.app, "straggler"), "utf8").trim() !== "");
    const straggler = Number(readFileSync(join(scenario.app, "straggler"), "utf8"));
    await scenario.stop();
    expect(await found(scenario)).toEqual([]);
    process.kill(pidOf(row), "SIGKILL");
    writeFileSync(join(scenario.app, "go"), "");
    await until("the runner to be gone", async () => !isAlive(pidOf(row)));
    expect(await found(scenario)).toMatchObject([{ kind: "deployment", where: row.id }]);
    const { stdout } = await repaired(scenario);
    expect(stdout).toContain(`deployment ${row.id} has ended: succeeded`);
    expect(await scenario.settled(slow)).toMatchObject({ status: "succeeded", attempt: 2 });
    expect(isAlive(straggler)).toBe(false);
    await scenario.start();
    await deploysTheNextPush(scenario, "3");
  });

  it("ends a runner that is stopped while no daemon runs, and takes its deployment up", async () => {
    const { scenario } = await deployed({ environment: "build: test ! -f slow || test -e ../../go || sleep 47.7" });
    const slow = await scenario.commit("2", { slow: "" });
    await scenario.push();
    const row = await running(scenario, slow, "build");
    await scenario.stop();
    stopOutsideTheStore(scenario, pidOf(row));
    expect(await found(scenario)).toEqual([]);
    writeFileSync(join(scenario.app, "go"), "");
    // As if two minutes had gone by.
    changeStore(
      scenario,
      `update tb_deployment set lease_expires_at = '2026-01-01T00:00:00.000Z' where id = '${row.id}'`,
    );
    expect(await found(scenario)).toMatchObject([{ kind: "deployment", where: row.id, by_hand: null }]);
    await repaired(scenario);
    expect(isAlive(pidOf(row))).toBe(false);
    expect(await scenario.settled(slow)).toMatchObject({ status: "succeeded", attempt: 2 });
  });

  it("ends a stopped runner that another runner has replaced, and commands of a deployment that has ended", async () => {
    const { scenario, first } = await deployed();
    const env = { PATH: process.env["PATH"] ?? "", FRAISIER_RUNNER: "process" };
    // A runner's words, as the launcher writes them; it is stopped before it adopts its deployment.
    const runner = spawn(
      "sh",
      ["-c", "kill -STOP $$; exit 0", "main.js", "run", first.id, "--config", "fraises.yaml"],
      {
        env,
        detached: true,
      },
    );
    const marks = { FRAISIER_DEPLOYMENT: first.id, FRAISIER_GIT_CALL: "11111111-2222" };
    const git = spawn("sleep", ["300"], { env: { ...env, ...marks } });
    const meant = spawn("sleep", ["300"], { env: { ...env, FRAISIER_DEPLOYMENT: first.id, FRAISIER_STEP: "build" } });
    onTestFinished(() => [runner, git, meant].forEach((each) => void each.kill("SIGKILL")));
    await until("the runner to be stopped", async () =>
      /State:\s+T/.test(readFileSync(`/proc/${runner.pid}/status`, "utf8")),
    );
    const damages = await found(scenario);
    expect(damages.map(({ kind, where }) => `${kind} ${where}`)).toEqual([
      `runner process ${runner.pid}`,
      `command process ${git.pid}`,
    ]);
    await repaired(scenario);
    expect([runner, git, meant].map(({ pid }) => isAlive(pid ?? 0))).toEqual([false, false, true]);
  });

  it("takes the lock of a dead process away, and leaves the locks of people and of living processes", async () => {
    const { scenario } = await deployed();
    await scenario.stop();
    const child = spawn("sleep", ["60"]);
    const own = ownIdentity();
    const startTime = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(" ")[21] ?? "";
    const holder = JSON.stringify({ ...own, pid: child.pid, startTime });
    const target = { fraise: "shop", environment: "production", job: "" };
    const lock = { ...target, holder, reason: "a restore", lockedBy: "ann", lockedAt: new Date().toISOString() };
    expect(await scenario.store.targets.occupy(lock)).toBeUndefined();
    expect(await found(scenario)).toEqual([]);
    child.kill("SIGKILL");
    await until("it to end", async () => child.signalCode !== null);
    const { holder: _, ...mine } = lock;
    await scenario.store.targets.lock({ ...mine, environment: "staging" });
    expect(await found(scenario)).toMatchObject([{ kind: "lock", where: "shop/production", by_hand: null }]);
    await repaired(scenario);
    expect(await scenario.store.targets.locks()).toMatchObject([{ environment: "staging" }]);
    await scenario.start();
    await deploysTheNextPush(scenario);
  });

  it("removes temporary files of killed fraisiers beside the store; those of living processes stay", async () => {
    const { scenario } = await deployed();
    const store = join(scenario.folder, "fraisier.db");
    const dead = spawn("true");
    await until("it to end", async () => dead.exitCode !== null);
    const left = [
      `${store}.probe-${dead.pid}`,
      `${store}.saved-7.part-${dead.pid}`,
      `${store}.before-x.part-${dead.pid}-journal`,
      join(scenario.folder, ".fraisier.key.11111111-2222-3333-4444-555555555555"),
    ];
    const kept = [`${store}.probe-${process.pid}`, join(scenario.folder, ".mine")];
    for (const path of [...left, ...kept]) writeFileSync(path, "");
    makeOld(...left, ...kept);
    await repaired(scenario);
    expect([...left, ...kept].filter((path) => existsSync(path))).toEqual(kept);
  });
});

describe("fraisier repair in a checkout", () => {
  it("ends a move that was interrupted when runner and git were killed, and a push deploys afterwards", async () => {
    const { scenario } = await deployed({ layout: "in_place" });
    const { app } = scenario;
    const inApp = async (...args: readonly string[]): Promise<string> =>
      await scenario.program("git", "-C", app, ...args);
    const [from] = (await inApp("rev-parse", "HEAD")).split("\n");
    const to = await scenario.commit("2", { "a.txt": "two", "new.txt": "new" });
    await scenario.push("main:refs/heads/other");
    await inApp("fetch", "--quiet", "origin", "other");
    // What a kill between the first and the last file leaves.
    writeFileSync(join(app, ".git/fraisier-moving-to"), `${JSON.stringify({ from, to })}\n`);
    writeFileSync(join(app, ".git/index.lock"), "");
    writeFileSync(join(app, "new.txt"), "new");
    const damages = await found(scenario);
    expect(damages.map(({ where }) => where).toSorted()).toEqual([app, join(app, ".git/index.lock")].toSorted());
    await repaired(scenario);
    expect(await inApp("status", "--porcelain")).toBe("");
    expect((await inApp("rev-parse", "HEAD")).trim()).toBe(from);
    await deploysTheNextPush(scenario);
  });

  it("keeps files that a person changed since, and names them with what to do", async () => {
    const { scenario, first } = await deployed({ layout: "in_place" });
    const { app } = scenario;
    const to = await scenario.commit("2", { "a.txt": "two" });
    await scenario.push("main:refs/heads/other");
    await scenario.program("git", "-C", app, "fetch", "--quiet", "origin", "other");
    writeFileSync(join(app, ".git/fraisier-moving-to"), `${JSON.stringify({ from: first.revision, to })}\n`);
    writeFileSync(join(app, "a.txt"), "mine");
    writeFileSync(join(app, "VERSION"), "2\n");
    const { exitCode, stdout } = await scenario.fraisier("repair", "--yes");
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/a\.txt.*git -C .* diff/s),
    });
    expect(readFileSync(join(app, "a.txt"), "utf8")).toBe("mine");
    writeFileSync(join(app, "a.txt"), "one");
    await repaired(scenario);
    await deploysTheNextPush(scenario);
  });

  it("removes an old lock file of a git that a person killed; a fresh one stays", async () => {
    const { scenario } = await deployed({ layout: "in_place" });
    const lock = join(scenario.app, ".git/index.lock");
    writeFileSync(lock, "");
    expect(await found(scenario)).toMatchObject([{ where: lock, by_hand: expect.stringContaining(`rm ${lock}`) }]);
    makeOld(lock);
    await repaired(scenario);
    await deploysTheNextPush(scenario);
  });
});

function relink(app: string, to: string): void {
  rmSync(join(app, "current"));
  symlinkSync(to, join(app, "current"));
}

function changeStore(scenario: Scenario, statement: string): void {
  const database = new Database(join(scenario.folder, "fraisier.db"));
  database.exec(statement);
  database.close();
}
