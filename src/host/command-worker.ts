import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { frame, frameReader } from "./command-frames.ts";
import type { CommandExit, CommandJob, FrameKind } from "./command-frames.ts";

/**
 * The program of the units `fraisier-as-<user>@`, which systemd starts for each connection to the socket of that user. It runs the one command that comes over the
 * connection, its standard input, and ends with it. If the connection breaks, the runner at its other end is dead: the command and everything it has
 * started are killed at once, as bubblewrap does with a sandbox whose runner dies.
 */

/** How long output may still come after the command itself has ended. */
const PIPES_MS = 1_000;
const LOOK_MS = 20;
/** The kernel may be unable to end a process (a dead network disk). */
const KILL_MS = 5_000;

const connection = new Socket({ fd: 0, readable: true, writable: true });
let child: ChildProcess | undefined;
let grace: NodeJS.Timeout | undefined;
let hasAnswered = false;

connection.on("data", frameReader(hear));
connection.on("drain", () => {
  child?.stdout?.resume();
  child?.stderr?.resume();
});
connection.on("error", () => {}).on("close", () => void abandon());

function hear(kind: FrameKind, payload: Buffer): void {
  if (kind === "job" && child === undefined) start(JSON.parse(payload.toString()) as CommandJob);
  else if (kind === "input") child?.stdin?.write(payload, () => connection.write(frame("taken")));
  else if (kind === "end") child?.stdin?.end();
  else if (kind === "terminate") terminate(Number(payload.toString()));
}

function start({ argv, cwd, env, texts, hasInput }: CommandJob): void {
  const [program = "", ...args] = argv;
  const started = spawn(program, args, {
    cwd,
    env: { ...env },
    detached: true,
    stdio: [hasInput ? "pipe" : "ignore", "pipe", "pipe", ...texts.map(() => "pipe" as const)],
  });
  child = started;
  for (const [index, text] of texts.entries())
    (started.stdio[3 + index] as Writable | undefined)?.on("error", () => {}).end(text);
  // A program that does not read its input to the end breaks the pipe: its exit code says whether that matters.
  started.stdin?.on("error", () => {});
  pass(started.stdout, "output");
  pass(started.stderr, "error");
  started.once("error", ({ message }) => answer("failure", `${message} (in ${cwd})`));
  const closed = new Promise<void>((resolve) => started.once("close", () => resolve()));
  started.once("exit", (exitCode, signal) => void end({ exitCode, signal }, closed));
}

function pass(stream: Readable | null, kind: "output" | "error"): void {
  stream?.on("data", (chunk: Buffer) => {
    if (!connection.write(frame(kind, chunk))) stream.pause();
  });
}

/** Processes that the command left in the background may print a moment longer, and are killed then. All that was printed is passed on, however slowly it is taken. */
async function end(exit: CommandExit, closed: Promise<void>): Promise<void> {
  clearTimeout(grace);
  await Promise.race([closed, sleep(PIPES_MS)]);
  await killAll();
  await closed;
  answer("exit", JSON.stringify(exit));
}

function terminate(graceMs: number): void {
  signalGroup("SIGTERM");
  grace ??= setTimeout(() => void killAll(), graceMs);
}

async function abandon(): Promise<void> {
  if (!hasAnswered) await killAll();
  process.exit();
}

function answer(kind: "exit" | "failure", text: string): void {
  if (hasAnswered) return;
  hasAnswered = true;
  connection.end(frame(kind, text));
}

/** The command's group, and what has left it: everything in the cgroup of this unit, except this process. */
async function killAll(): Promise<void> {
  signalGroup("SIGKILL");
  const deadline = performance.now() + KILL_MS;
  for (let left = others(); left.length > 0 && performance.now() < deadline; left = others()) {
    for (const pid of left) kill(pid, "SIGKILL");
    await sleep(LOOK_MS);
  }
}

/** Empty if the processes of the unit cannot be known; systemd kills them then when this process ends. */
function others(): readonly number[] {
  try {
    const folder = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "";
    if (!folder.endsWith(".service")) return [];
    const members = readFileSync(`/sys/fs/cgroup${folder}/cgroup.procs`, "utf8").split("\n").filter(Boolean);
    return members.map(Number).filter((pid) => pid !== process.pid && pid > 0 && !isDead(pid));
  } catch {
    return [];
  }
}

/** A zombie stays until its parent, here this process, has noticed. */
function isDead(pid: number): boolean {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

function signalGroup(signal: NodeJS.Signals): void {
  if (child?.pid !== undefined) kill(-child.pid, signal);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
