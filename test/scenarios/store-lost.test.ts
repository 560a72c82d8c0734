import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { LOADED } from "../helpers/loaded.ts";
import { mountSmall } from "../helpers/mount-small.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const OPENED = "public: [/_deploy/health]";
const STORE_FILES = ["fraisier.db", "fraisier.db-wal", "fraisier.db-shm"];

async function deliver(scenario: Scenario): Promise<{ status: number; body: string }> {
  const response = await scenario.deliver({
    before: "0".repeat(40),
    after: randomUUID().replaceAll("-", "").padEnd(40, "0"),
  });
  return { status: response.status, body: await response.text() };
}

async function health(scenario: Scenario): Promise<{ status: number; body: string }> {
  const response = await fetch(`${scenario.url}/_deploy/health`);
  // Strangers see the same status, without the cause.
  expect((await fetch(`${scenario.url}/health`)).status).toBe(response.status);
  return { status: response.status, body: await response.text() };
}

/** A push is queued and stays so: a lock keeps it waiting. */
async function withQueuedPush(options = {}): Promise<{ scenario: Scenario; revision: string }> {
  const scenario = await createScenario({ server: OPENED, ...options });
  await scenario.start();
  expect((await scenario.fraisier("lock", "shop", "production", "--reason", "kept waiting")).exitCode).toBe(0);
  const revision = await scenario.commit("1");
  await scenario.push();
  await scenario.settled(revision, "queued");
  return { scenario, revision };
}

describe("the store's file under a living daemon", () => {
  it.each([
    ["deleted", (folder: string) => STORE_FILES.forEach((name) => rmSync(join(folder, name)))],
    ["deleted without its log", (folder: string) => rmSync(join(folder, "fraisier.db"))],
    [
      "replaced",
      (folder: string) => {
        renameSync(join(folder, "fraisier.db"), join(folder, "old.db"));
        writeFileSync(join(folder, "fraisier.db"), "");
      },
    ],
  ])("is %s: no push is answered with queued, and what was queued before comes back", async (_how, harm) => {
    const { scenario, revision } = await withQueuedPush();
    const { folder } = scenario;
    harm(folder);
    expect(await deliver(scenario)).toMatchObject({ status: 503, body: expect.stringMatching(/deleted|replaced/) });
    expect(await health(scenario)).toMatchObject({
      status: 503,
      body: expect.stringMatching(/fraisier\.db was (?:deleted|replaced)/),
    });
    let copy = "";
    await until("the copy to be saved", async () => {
      copy = readdirSync(folder).find((name) => /^fraisier\.db\.saved-\d+$/.test(name)) ?? "";
      return copy !== "";
    });
    if (!existsSync(join(folder, "fraisier.db"))) {
      const refused = await scenario.fraisier("status");
      expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining(copy) });
      expect(refused.stderr).not.toMatch(/bug|\n\s+at /);
    }
    await scenario.stop();
    for (const name of ["fraisier.db-wal", "fraisier.db-shm"]) rmSync(join(folder, name), { force: true });
    renameSync(join(folder, copy), join(folder, "fraisier.db"));
    const found = await openStore(`sqlite:${join(folder, "fraisier.db")}`);
    onTestFinished(() => found.close());
    expect(await found.deployments.history({ limit: 5 })).toMatchObject([{ revision, status: "queued" }]);
    await scenario.start();
    expect(await deliver(scenario)).toMatchObject({ status: 200 });
  });

  it("is put back: pushes are taken again without a restart, and the saved copy goes", async () => {
    const { scenario } = await withQueuedPush();
    const { folder } = scenario;
    renameSync(join(folder, "fraisier.db"), join(folder, "elsewhere.db"));
    await until("an unhealthy answer", async () => (await health(scenario)).status === 503);
    await until("the saved copy", async () => readdirSync(folder).some((name) => /\.saved-\d+$/.test(name)));
    renameSync(join(folder, "elsewhere.db"), join(folder, "fraisier.db"));
    expect(await deliver(scenario)).toMatchObject({ status: 200 });
    expect((await health(scenario)).status).toBe(200);
    await until("the saved copy to go", async () => !readdirSync(folder).some((name) => name.includes(".saved-")));
  });

  it("is on a disk that becomes full: health and senders hear ENOSPC within four seconds, and all goes on once there is room", async () => {
    let isMounted = false;
    const prepare = (path: string): void => {
      mkdirSync(join(path, "inside"), { recursive: true });
      isMounted = mountSmall(dirname(path), basename(path), 4);
    };
    const scenario = await createScenario({ server: OPENED, store: { folder: "store", prepare } });
    if (!isMounted) return;
    await scenario.start();
    const folder = join(scenario.folder, "store");
    execFileSync("sh", ["-c", `cat /dev/zero > ${join(folder, "filler")} 2>/dev/null || true`]);
    const since = performance.now();
    expect(await health(scenario)).toMatchObject({ status: 503, body: expect.stringMatching(/is full \(ENOSPC\)/) });
    expect(performance.now() - since).toBeLessThan(LOADED * 4_000);
    // The log has room for a few more: what is answered with 200 is in it.
    let refused: { status: number; body: string } | undefined;
    for (let count = 0; count < 400 && refused === undefined; count++) {
      const answer = await deliver(scenario);
      if (answer.status !== 200) refused = answer;
    }
    expect(refused).toMatchObject({ status: 503, body: expect.stringMatching(/is full \(ENOSPC\)/) });
    expect(refused?.body).not.toMatch(/rollback/);
    const locked = await scenario.fraisier("lock", "shop", "production", "--reason", "a full disk");
    expect(locked).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(/full \(ENOSPC\)/) });
    expect(locked.stderr).not.toMatch(/bug|\n\s+at /);
    rmSync(join(folder, "filler"));
    expect(await deliver(scenario)).toMatchObject({ status: 200 });
    expect((await health(scenario)).status).toBe(200);
  });

  it("is on a file system that becomes read-only: health and the command line say EROFS, without a stack", async () => {
    let isMounted = false;
    const prepare = (path: string): void => {
      mkdirSync(join(path, "inside"), { recursive: true });
      isMounted = mountSmall(dirname(path), basename(path), 64);
    };
    const scenario = await createScenario({ server: OPENED, store: { folder: "store", prepare } });
    if (!isMounted) return;
    await scenario.start();
    const folder = join(scenario.folder, "store");
    execFileSync("mount", ["--bind", folder, folder]);
    const unmount = (): void => void execFileSync("umount", [folder]);
    let isBound = true;
    onTestFinished(() => {
      if (isBound) unmount();
    });
    execFileSync("mount", ["-o", "remount,bind,ro", folder]);
    expect(await health(scenario)).toMatchObject({ status: 503, body: expect.stringMatching(/read-only \(EROFS\)/) });
    const locked = await scenario.fraisier("lock", "shop", "production", "--reason", "a read-only disk");
    expect(locked).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(/read-only \(EROFS\)/) });
    expect(locked.stderr).not.toMatch(/bug|\n\s+at /);
    unmount();
    isBound = false;
    expect((await health(scenario)).status).toBe(200);
  });
});
