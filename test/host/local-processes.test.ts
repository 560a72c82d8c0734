import { Readable, Writable } from "node:stream";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { HostUnavailable } from "../../src/domain/errors.ts";
import { MAX_LINE_LENGTH } from "../../src/host/line-splitter.ts";
import { localProcesses } from "../../src/host/local-processes.ts";
import type { Command, ProcessOptions, ProcessResult } from "../../src/host/processes.ts";
import { scratchFolder } from "./scratch-repository.ts";
import { LOADED } from "../helpers/loaded.ts";

const STUBBORN = join(import.meta.dirname, "../fixtures/bin/stubborn");
const isRoot = process.getuid?.() === 0;

function run(command: Command, options: Partial<ProcessOptions> = {}): Promise<ProcessResult> {
  return localProcesses.run(command, { env: { PATH: process.env["PATH"] ?? "" }, timeoutMs: 20_000, ...options });
}

/** Running, and not only waiting to be reaped. */
function isAlive(pid: number | string): boolean {
  return existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
}

async function isGone(pid: number | string): Promise<boolean> {
  for (let i = 0; i < 100 && isAlive(pid); i++) await sleep(20);
  return !isAlive(pid);
}

describe("a command", () => {
  it("keeps its input open until it is told to close it", async () => {
    const close = new AbortController();
    const lines: string[] = [];
    const running = run("read line; echo got $line; cat", {
      input: "first\n",
      inputUntil: close.signal,
      onLine: (_, line) => {
        lines.push(line);
        setTimeout(() => close.abort(), 100);
      },
    });
    expect(await running).toMatchObject({ exitCode: 0, timedOut: false });
    expect(lines).toEqual(["got first"]);
  });

  it("dies with us, however we die, when it must not go on alone", async () => {
    const folder = scratchFolder();
    const script = join(folder, "parent.ts");
    const processes = join(import.meta.dirname, "../../src/host/local-processes.ts");
    writeFileSync(
      script,
      `import { localProcesses } from "${processes}";
await localProcesses.run(["sh", "-c", "echo $$ > ${folder}/pid; exec sleep 600"], { env: { PATH: process.env.PATH }, timeoutMs: 60_000, diesWithUs: true });`,
    );
    const parent = spawn(process.execPath, [script], { stdio: "ignore" });
    const pidFile = join(folder, "pid");
    for (let i = 0; i < 500 && !(existsSync(pidFile) && readFileSync(pidFile, "utf8") !== ""); i++) await sleep(20);
    const pid = readFileSync(pidFile, "utf8").trim();
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    expect(await isGone(pid)).toBe(true);
    await expect(run(["no-such-program"], { diesWithUs: true })).rejects.toThrow("there is no program no-such-program");
  });

  it("runs as argv, untouched by a shell", async () => {
    const result = await run(["printf", "%s|", "$HOME", "a b", "*", ";false"]);
    expect(result).toMatchObject({
      exitCode: 0,
      signal: undefined,
      timedOut: false,
      aborted: false,
      stdout: "$HOME|a b|*|;false|",
    });
  });

  it("runs as a shell line when it is a string, with nothing in its environment but what is given", async () => {
    // The first three are the shell's own; Node gives the last one to each child while coverage is measured.
    const result = await run("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^NODE_V8_COVERAGE=; exit 7", {
      env: { PATH: "/usr/bin:/bin", COLOUR: "red" },
    });
    expect(result.exitCode).toBe(7);
    expect(result.stdout.trim().split("\n").toSorted()).toEqual(["COLOUR=red", "PATH=/usr/bin:/bin"]);
  });

  it("gives its output line by line, and its last lines", async () => {
    const lines: string[] = [];
    const result = await run("echo one; echo two >&2; printf three", {
      onLine: (stream, line) => lines.push(`${stream} ${line}`),
    });
    expect(lines.toSorted()).toEqual(["stderr two", "stdout one", "stdout three"]);
    expect(result.tail.trim().split("\n").toSorted()).toEqual(["one", "three", "two"]);
    expect(result.stdout).toBe("one\nthree");
  });

  it("reads its input, and may leave it unread", async () => {
    expect((await run(["cat"], { input: "grün\n" })).stdout).toBe("grün\n");
    expect((await run(["true"], { input: "x".repeat(2_000_000) })).exitCode).toBe(0);
    expect((await run(["cat"])).stdout).toBe("");
  });

  it("has no exit code if a signal ended it", async () => {
    expect(await run("kill -SEGV $$")).toMatchObject({
      exitCode: undefined,
      signal: "SIGSEGV",
      timedOut: false,
      aborted: false,
    });
  });

  it("leaves bounded memory behind, however much it says, with line ends or without", async () => {
    const before = process.memoryUsage().rss;
    let longest = 0;
    const onLine = (_stream: string, line: string): void => void (longest = Math.max(longest, line.length));
    const unended = await run("head -c 300000000 /dev/zero | tr '\\0' a", { onLine });
    const lines = await run("yes 0123456789 | head -c 30000000", { onLine });
    expect(unended.exitCode).toBe(0);
    expect(unended.stdout.length).toBe(1024 * 1024);
    expect(lines.tail.length).toBeLessThanOrEqual(64 * 1024);
    expect(lines.tail).toMatch(/^(0123456789\n)+[0-9]*\n$/);
    expect(longest).toBeLessThan(MAX_LINE_LENGTH + 100);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  it("keeps whole lines of its end, whichever line it is that is one too many", async () => {
    const line = "x".repeat(99);
    // The last one makes it more than is kept for a moment.
    const { tail } = await run(["sh", "-c", `yes ${line} | head -n 2622`]);
    expect(new Set(tail.trimEnd().split("\n"))).toEqual(new Set([line]));
  });
});

describe("a command that must end", () => {
  it("ends with its whole group when its time is up, SIGKILL after the grace", async () => {
    const file = join(scratchFolder(), "pids");
    const result = await run([STUBBORN, file], { timeoutMs: 500, graceMs: 300 });
    expect(result).toMatchObject({ exitCode: undefined, signal: "SIGKILL", timedOut: true, aborted: false });
    expect(result.durationMs).toBeGreaterThan(790);
    expect(result.durationMs).toBeLessThan(LOADED * 3_000);
    for (const pid of readFileSync(file, "utf8").trim().split(" ")) expect(await isGone(pid)).toBe(true);
  });

  it("ends when aborted, and may clean up after SIGTERM", async () => {
    const abort = new AbortController();
    const onLine = (): void => abort.abort(new Error("cancelled"));
    const result = await run("trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done", {
      signal: abort.signal,
      onLine,
    });
    expect(result).toMatchObject({ exitCode: 0, aborted: true, timedOut: false, stdout: "ready\ncleaned\n" });
  });

  it("does not start when it was aborted before", async () => {
    const file = join(scratchFolder(), "touched");
    expect(await run(["touch", file], { signal: AbortSignal.abort() })).toMatchObject({
      aborted: true,
      exitCode: undefined,
    });
    expect(existsSync(file)).toBe(false);
  });

  it("does not make us wait for what it left in the background, and takes that along", async () => {
    const file = join(scratchFolder(), "pid");
    const result = await run(`sleep 60 & echo $! >${file}; echo built`);
    expect(result).toMatchObject({ exitCode: 0, timedOut: false, stdout: "built\n" });
    expect(result.durationMs).toBeLessThan(LOADED * 3_000);
    expect(await isGone(readFileSync(file, "utf8").trim())).toBe(true);
    const silent = await run(`sleep 60 >/dev/null 2>&1 & echo $! >${file}`);
    expect(silent.durationMs).toBeLessThan(900);
    expect(await isGone(readFileSync(file, "utf8").trim())).toBe(true);
  });

  it("does not make us wait for one that left the group with our pipes", async () => {
    const file = join(scratchFolder(), "pid");
    const result = await run(
      `setsid sh -c 'echo $$ >${file}; exec sleep 60' & while [ ! -s ${file} ]; do sleep 0.02; done`,
    );
    expect(result.exitCode).toBe(0);
    expect(result.durationMs).toBeLessThan(LOADED * 4_000);
    process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
  });

  it("leaves alone what is not its own", async () => {
    const bystander = spawn("sleep", ["60"]);
    await run(["sleep", "60"], { timeoutMs: 100 });
    expect(isAlive(bystander.pid ?? 0)).toBe(true);
    bystander.kill("SIGKILL");
  });
});

describe("a command that cannot start", () => {
  it.each([
    [["no-such-program"], "there is no program no-such-program on this machine"],
    [["/no/such/program"], "there is no program /no/such/program on this machine"],
  ])("%j names the program", async (command, message) => {
    await expect(run(command)).rejects.toMatchObject({ name: "HostUnavailable", message });
  });

  it("says which package git is in", async () => {
    await expect(run(["git"], { env: { PATH: "/nowhere" } })).rejects.toMatchObject({
      hint: "Install it: apt-get install git",
    });
  });

  it("tells a missing folder from a missing program, and a file that is not executable", async () => {
    const folder = scratchFolder();
    await expect(run(["true"], { cwd: join(folder, "absent") })).rejects.toThrow(`there is no folder ${folder}/absent`);
    writeFileSync(join(folder, "script"), "#!/bin/sh\n");
    await expect(run([join(folder, "script")])).rejects.toMatchObject({ hint: expect.stringContaining("chmod +x") });
  });

  it("names a user that does not exist", async () => {
    const failure = await run(["true"], { user: "nobody-of-that-name" }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HostUnavailable);
    expect(failure).toMatchObject({ message: "there is no user nobody-of-that-name on this machine" });
  });

  it.runIf(!isRoot)("never becomes root", async () => {
    await expect(run(["true"], { user: "root" })).rejects.toThrow("which may never become root");
  });
});

describe.runIf(isRoot)("a command with a user", () => {
  it("runs as that user, with their groups, home and name", async () => {
    const result = await run('id -un; id -gn; echo "$HOME $USER $LOGNAME"; id -G', { user: "www-data" });
    const groups = (await run(["id", "-G", "www-data"])).stdout;
    expect(result.stdout).toBe(`www-data\nwww-data\n/var/www www-data www-data\n${groups}`);
  });

  it("is refused when its program is missing, and ends with its time like any other", async () => {
    await expect(run(["no-such-program"], { user: "nobody" })).rejects.toBeInstanceOf(HostUnavailable);
    expect(await run("sleep 60", { user: "nobody", timeoutMs: 200 })).toMatchObject({
      timedOut: true,
      signal: "SIGTERM",
    });
  });

  it("runs as it is where that is our own", async () => {
    expect((await run("id -un", { user: "root" })).stdout).toBe("root\n");
  });
});

describe("a command with streams", () => {
  it("streams what a program prints, however slowly it is taken, and streams into one", async () => {
    const chunks: Buffer[] = [];
    const slow = new Writable({
      highWaterMark: 1024,
      write(chunk: Buffer, _, done) {
        chunks.push(chunk);
        setTimeout(done, 5);
      },
    });
    const printed = await localProcesses.run(["head", "-c", "6000000", "/dev/zero"], {
      env: process.env as Record<string, string>,
      timeoutMs: 20_000,
      outputTo: slow,
    });
    expect(printed).toMatchObject({ exitCode: 0, stdout: "", tail: "" });
    expect(Buffer.concat(chunks).length).toBe(6_000_000);
    const counted = await localProcesses.run(["wc", "-c"], {
      env: process.env as Record<string, string>,
      timeoutMs: 20_000,
      inputFrom: Readable.from(chunks),
    });
    expect(counted.stdout.trim()).toBe("6000000");
  });

  it("ends a program whose stream breaks, and says why; one that does not read to the end is no error", async () => {
    const env = process.env as Record<string, string>;
    const full = new Writable({ write: (_, __, done) => done(new Error("the disk is full")) });
    await expect(localProcesses.run(["yes"], { env, timeoutMs: 20_000, outputTo: full })).rejects.toThrow(
      "the disk is full",
    );
    const torn = Readable.from(
      (async function* () {
        yield "one";
        await Promise.resolve();
        throw new Error("the archive is damaged");
      })(),
    );
    await expect(localProcesses.run(["cat"], { env, timeoutMs: 20_000, inputFrom: torn })).rejects.toThrow(
      "the archive is damaged",
    );
    const endless = Readable.from(
      (function* () {
        for (;;) yield "y".repeat(65_536);
      })(),
    );
    const head = await localProcesses.run(["head", "-c", "3"], { env, timeoutMs: 20_000, inputFrom: endless });
    expect(head).toMatchObject({ exitCode: 0, stdout: "yyy" });
    const hanging = new Writable({ write: () => {} });
    const result = await localProcesses.run(["yes"], { env, timeoutMs: 300, graceMs: 100, outputTo: hanging });
    expect(result.timedOut).toBe(true);
  });
});
