import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { CommandResult, Scenario } from "../helpers/scenario.ts";
import { stopOutsideTheStore } from "../helpers/stop-outside-the-store.ts";

const STORE_FILES = ["fraisier.db", "fraisier.db-wal", "fraisier.db-shm"];

const TARGET = { fraise: "shop", environment: "production", job: "" };

interface Setting {
  readonly scenario: Scenario;
  /** Waits for a lock to go. */
  readonly revision: string;
  readonly file: string;
}

/** A push is queued and stays so until its target is unlocked. */
async function withQueuedPush(): Promise<Setting> {
  const scenario = await createScenario();
  await scenario.start();
  return { scenario, revision: await queuedPush(scenario), file: join(scenario.folder, "fraisier.db") };
}

async function queuedPush(scenario: Scenario): Promise<string> {
  const lock = { ...TARGET, reason: "kept waiting", lockedBy: "ann", lockedAt: new Date().toISOString() };
  await scenario.store.targets.lock(lock);
  const revision = await scenario.commit("1");
  await scenario.push();
  await scenario.settled(revision, "queued");
  return revision;
}

function besideStore({ file, scenario }: Setting): readonly string[] {
  return readdirSync(scenario.folder).filter(
    (name) => name.startsWith(`${basename(file)}.`) && !name.endsWith(".poke"),
  );
}

async function savedByDaemon(setting: Setting): Promise<void> {
  await until("the copy to be saved", async () => besideStore(setting).some((name) => /\.saved-\d+$/.test(name)));
}

/** Mends the store. Something is left to do afterwards while a process has the lost file open, as this one has. */
async function repaired({ scenario }: Setting, exitCode: 0 | 1): Promise<CommandResult> {
  const result = await scenario.fraisier("repair", "--yes");
  expect(result).toMatchObject({ exitCode, stderr: "" });
  return result;
}

/** Who has the lost file open. */
async function holders({ scenario }: Setting): Promise<string> {
  const { stdout } = await scenario.fraisier("repair", "--dry-run", "--json");
  const { damages } = JSON.parse(stdout) as { damages: readonly { what: string }[] };
  return damages.map(({ what }) => /process .* has/.exec(what)?.[0]).join("; ");
}

/** The push that was answered with "queued" before the store was lost goes live, and then the next one. Gives what runs in the end. */
async function deploysWhatWasQueued({ scenario, revision, file }: Setting): Promise<string> {
  const found = await openStore(`sqlite:${file}`);
  onTestFinished(() => found.close());
  expect(await found.deployments.history({ limit: 5 })).toMatchObject([{ revision, status: "queued" }]);
  expect(await found.targets.unlock(TARGET, "ann", "")).toBe(true);
  found.poke();
  const ended = async (wanted: string): Promise<string | undefined> =>
    (await found.deployments.history({ limit: 5 })).find((each) => each.revision === wanted)?.status;
  await until("the queued push to go live", async () => (await ended(revision)) === "succeeded", scenario.daemonLog);
  const next = await scenario.commit("2");
  await scenario.push();
  await until("the next push to go live", async () => (await ended(next)) === "succeeded", scenario.daemonLog);
  return await scenario.answer();
}

describe("fraisier repair of a store that is lost", () => {
  it.each([
    ["was deleted", STORE_FILES],
    ["was deleted without its log", ["fraisier.db"]],
    ["lost its log alone", ["fraisier.db-wal"]],
    ["lost its shared memory alone", ["fraisier.db-shm"]],
  ])("brings one back that %s, and says that the daemon has to be restarted", async (_how, names) => {
    const setting = await withQueuedPush();
    const { scenario } = setting;
    for (const name of names) rmSync(join(scenario.folder, name));
    const response = await fetch(`${scenario.url}/health`);
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("store_unavailable")]);
    await savedByDaemon(setting);
    expect((await repaired(setting, 1)).stdout).toContain("sudo systemctl restart fraisier");
    expect(besideStore(setting).filter((name) => name.includes(".saved-"))).toEqual([]);
    await scenario.stop();
    await scenario.start();
    expect(await deploysWhatWasQueued(setting)).toBe("version 2");
    expect(await holders(setting)).toBe(`process ${process.pid} has`);
  });

  it("brings one back from the saved copy after the daemon was killed, too", async () => {
    const setting = await withQueuedPush();
    const { scenario } = setting;
    for (const name of STORE_FILES) rmSync(join(scenario.folder, name));
    await savedByDaemon(setting);
    await scenario.stop("SIGKILL");
    await repaired(setting, 1);
    await scenario.start();
    expect(await deploysWhatWasQueued(setting)).toBe("version 2");
  });

  it("brings one back that no daemon could save, from what a stopped process still has open", async () => {
    const setting = await withQueuedPush();
    const { scenario } = setting;
    stopOutsideTheStore(scenario, scenario.daemonPid() ?? 0);
    for (const name of STORE_FILES) rmSync(join(scenario.folder, name));
    await repaired(setting, 1);
    await scenario.stop("SIGKILL");
    await scenario.start();
    expect(await deploysWhatWasQueued(setting)).toBe("version 2");
  });

  it("moves one back that was moved away, and the daemon goes on without a restart", async () => {
    const setting = await withQueuedPush();
    const { scenario, file } = setting;
    renameSync(file, join(scenario.folder, "elsewhere.db"));
    await savedByDaemon(setting);
    expect((await repaired(setting, 0)).stdout).not.toContain("restart");
    await until("the saved copy to go", async () => besideStore(setting).length === 0);
    expect(await deploysWhatWasQueued(setting)).toBe("version 2");
  });

  it("brings one back that an older copy has replaced, and keeps the older copy beside it", async () => {
    const scenario = await createScenario();
    const file = join(scenario.folder, "fraisier.db");
    await scenario.start();
    const older = join(scenario.folder, "older");
    await copyOf(file, older);
    const revision = await queuedPush(scenario);
    const setting = { scenario, revision, file };
    renameSync(older, file);
    await savedByDaemon(setting);
    await repaired(setting, 1);
    expect(besideStore(setting)).toEqual([expect.stringMatching(/^fraisier\.db\.replaced-\d+T\d+Z$/)]);
    await scenario.stop();
    await scenario.start();
    expect(await deploysWhatWasQueued(setting)).toBe("version 2");
  });

  it("leaves it to a person if another store has taken its place that has records of its own", async () => {
    const setting = await withQueuedPush();
    const { scenario, file } = setting;
    const other = await withQueuedPush();
    await copyOf(other.file, join(scenario.folder, "other"));
    renameSync(join(scenario.folder, "other"), file);
    await savedByDaemon(setting);
    const before = besideStore(setting);
    const { exitCode, stdout } = await scenario.fraisier("repair", "--yes");
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("Only you know whether"),
    });
    expect(besideStore(setting)).toEqual(before);
  });

  it("removes a saved copy if the store at its place has every record of it and newer ones", async () => {
    const setting = await withQueuedPush();
    const { scenario, file } = setting;
    const copy = `${file}.saved-1`;
    await copyOf(file, copy);
    await scenario.commit("2");
    await scenario.push();
    await repaired(setting, 0);
    expect(existsSync(copy)).toBe(false);
    expect((await scenario.fraisier("status")).exitCode).toBe(0);
  });
});

/** A whole store at this moment, in one file without a log. */
async function copyOf(file: string, to: string): Promise<void> {
  const database = new Database(file);
  await database.backup(to);
  database.close();
  const copy = new Database(to);
  copy.pragma("journal_mode = delete");
  copy.close();
}
