import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { ScratchRepository, scratchFolder } from "./scratch-repository.ts";

const PLAIN_SETTINGS = fileURLToPath(new URL("../../src/host/plain-settings.ts", import.meta.url));

/** A process that reads a repository as fraisier's git does, says which folder it made for that, and waits until its input ends. */
async function reader(repository: string, temporary: string): Promise<{ process: ChildProcess; folder: string }> {
  const program = `
    const { plainSettings } = await import(${JSON.stringify(PLAIN_SETTINGS)});
    console.log((await plainSettings(${JSON.stringify(join(repository, ".git"))})).GIT_COMMON_DIR);
    process.stdin.resume();
  `;
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [folder] = (await once(createInterface(child.stdout), "line")) as [string];
  return { process: child, folder };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

function setting() {
  const folder = scratchFolder();
  const repository = new ScratchRepository(join(folder, "repository"));
  repository.commit({ "a.txt": "one" });
  const temporary = scratchFolder();
  return { repository: repository.folder, temporary };
}

describe("a temporary folder of a process", () => {
  it("is removed when the process ends", async () => {
    const { repository, temporary } = setting();
    const { process: child, folder } = await reader(repository, temporary);
    expect(dirname(folder)).toBe(temporary);
    child.stdin?.end();
    await once(child, "exit");
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("is removed by the next process if its own was killed, and stays while its own lives", async () => {
    const { repository, temporary } = setting();
    const killed = await reader(repository, temporary);
    const living = await reader(repository, temporary);
    await kill(killed.process);
    const next = await reader(repository, temporary);
    expect(existsSync(killed.folder)).toBe(false);
    expect(existsSync(join(living.folder, "config"))).toBe(true);
    expect(existsSync(join(next.folder, "config"))).toBe(true);
  });

  it("stays while a git that its killed process had started still reads it", async () => {
    const { repository, temporary } = setting();
    const killed = await reader(repository, temporary);
    const git = spawn("sleep", ["60"], { env: { ...process.env, GIT_COMMON_DIR: killed.folder } });
    onTestFinished(() => void git.kill("SIGKILL"));
    await once(git, "spawn");
    await kill(killed.process);
    await reader(repository, temporary);
    expect(existsSync(killed.folder)).toBe(true);
    await kill(git);
    await reader(repository, temporary);
    expect(existsSync(killed.folder)).toBe(false);
  });

  it("stays if another user planted it, whatever its name", { skip: process.getuid?.() !== 0 }, async () => {
    const { repository, temporary } = setting();
    const killed = await reader(repository, temporary);
    const planted = killed.folder.replace(/.$/, (last) => (last === "a" ? "b" : "a"));
    await kill(killed.process);
    renameSync(killed.folder, planted);
    chownSync(planted, 65_534, 65_534);
    await reader(repository, temporary);
    expect(existsSync(planted)).toBe(true);
  });
});
