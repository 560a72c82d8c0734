import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { captureOutput } from "./captured-output.ts";
import { endMarked } from "./end-marked.ts";
import { cannotStart, findProgram } from "./missing-program.ts";
import type { Command, Processes, ProcessOptions, ProcessResult } from "./processes.ts";
import { connectStreams, signalGroup } from "./process-streams.ts";
import type { ProcessStreams, Running } from "./process-streams.ts";
import { bindToUs } from "./bind-to-us.ts";
import { RELAY_LOST, RELAY_WORD } from "./relay-words.ts";
import { runAs } from "./run-as.ts";
import { doorUnit } from "../domain/user-door.ts";
import { HostUnavailable } from "../domain/errors.ts";

/** Time to end after SIGTERM: what most web servers need to finish their requests. */
const GRACE_MS = 5_000;
/** How long output may still come after the command itself has ended. */
const PIPES_MS = 1_000;
/** Longest delay of a Node timer; above it, it would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Processes of this machine. Each command leads a session and process group of its own, so that ending it ends its
 * children too. A child that leaves the group (`setsid`) cannot be reached from here: only a cgroup holds such a
 * one, which is what the deployment's own systemd unit is for. It cannot make us wait, though.
 *
 * Standard output and error are sockets, as under systemd: `echo >&2` works, opening `/dev/stderr` does not.
 */
export const localProcesses: Processes = { run, find: findProgram, endMarked };

async function run(command: Command, options: ProcessOptions): Promise<ProcessResult> {
  const startedAt = performance.now();
  if (options.signal?.aborted) {
    return {
      exitCode: undefined,
      signal: undefined,
      timedOut: false,
      aborted: true,
      tail: "",
      stdout: "",
      stdoutIsCut: false,
      durationMs: 0,
    };
  }
  const child = await start(command, options);
  const output = captureOutput(options.outputTo === undefined ? child.stdout : undefined, child.stderr, options);
  const streams = connectStreams(child, options);
  const ending = await supervise(child, options, streams);
  streams.check(ending.timedOut || ending.aborted);
  const result = { ...ending, ...output.end(), durationMs: performance.now() - startedAt };
  refuseLost(result, options.user);
  return result;
}

/** @throws HostUnavailable if the command could not be run as another user: what it printed is not its own. */
function refuseLost({ exitCode, tail }: ProcessResult, user = ""): void {
  const [last = ""] = tail.trimEnd().split("\n").slice(-1);
  if (user === "" || exitCode !== RELAY_LOST || !last.startsWith(RELAY_WORD)) return;
  throw new HostUnavailable(`a command could not be run as ${user}: ${last.slice(RELAY_WORD.length)}`, {
    hint: `The journal may say more: journalctl --unit '${doorUnit(user)}@*'`,
  });
}

async function start(command: Command, options: ProcessOptions): Promise<Running> {
  const plain = typeof command === "string" ? ["/bin/sh", "-c", command] : command;
  const bound = options.diesWithUs === true ? await bindToUs(plain, options) : plain;
  const { argv, env, texts = options.texts ?? [], cwd = options.cwd } = await runAs(options.user, bound, options);
  const [program = "", ...args] = argv;
  try {
    const child = spawn(program, args, {
      cwd,
      env,
      detached: true,
      stdio: [takesInput(options) ? "pipe" : "ignore", "pipe", "pipe", ...texts.map(() => "pipe" as const)],
    });
    await once(child, "spawn");
    for (const [index, text] of texts.entries()) giveText(child.stdio[3 + index], text);
    if (child.stdin !== null) giveInput(child.stdin, options);
    return child as Running;
  } catch (cause) {
    throw await cannotStart(plain[0] ?? "", options.cwd, cause as NodeJS.ErrnoException);
  }
}

/** Gives a child its input, unless a stream does (`inputFrom`). */
function giveInput(stdin: Writable, { input, inputUntil, inputFrom }: ProcessOptions): void {
  // A program that does not read its input to the end breaks the pipe (EPIPE): its exit code says whether that matters.
  stdin.on("error", () => {});
  if (inputFrom !== undefined) return;
  if (inputUntil === undefined || inputUntil.aborted) {
    stdin.end(input);
    return;
  }
  stdin.write(input ?? "");
  inputUntil.addEventListener("abort", () => void stdin.end(), { once: true });
}

/** A child that ends before it has read a text breaks the pipe: its exit code says why it ended. */
function giveText(stream: unknown, text: string): void {
  (stream as Writable | null | undefined)?.on("error", () => {}).end(text);
}

async function supervise(
  child: Running,
  options: ProcessOptions,
  streams: ProcessStreams,
): Promise<Pick<ProcessResult, "exitCode" | "signal" | "timedOut" | "aborted">> {
  const exited = new Promise<[number | null, string | null]>((resolve) =>
    child.once("exit", (...exit) => resolve(exit)),
  );
  // "close" is the exit and the end of both pipes, which a process left in the background may hold open.
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));

  const reason = await endOf(streams.endWith(exited), options);
  if (reason !== "exited") signalGroup(child.pid, "SIGTERM");
  await within(closed, reason === "exited" ? PIPES_MS : (options.graceMs ?? GRACE_MS));
  signalGroup(child.pid, "SIGKILL");
  // Neither one that left the group and holds our pipes, nor one the kernel cannot end (a dead network disk), may hang us.
  await within(closed, PIPES_MS);
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();

  return {
    exitCode: child.exitCode ?? undefined,
    signal: child.signalCode ?? undefined,
    timedOut: reason === "timed out",
    aborted: reason === "aborted",
  };
}

/** Waits for the first of: the exit, the time-out, the abort. */
async function endOf(exited: Promise<unknown>, options: ProcessOptions): Promise<"exited" | "timed out" | "aborted"> {
  const { signal } = options;
  let timer: NodeJS.Timeout | undefined;
  let abort = (): void => {};
  try {
    return await Promise.race([
      exited.then(() => "exited" as const),
      new Promise<"timed out">((resolve) => {
        timer = setTimeout(() => resolve("timed out"), Math.min(options.timeoutMs, LONGEST_TIMER_MS));
      }),
      new Promise<"aborted">((resolve) => {
        abort = () => resolve("aborted");
        if (signal?.aborted) abort();
        signal?.addEventListener("abort", abort, { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function within(event: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([event, late]);
  clearTimeout(timer);
}

function takesInput({ input, inputUntil, inputFrom }: ProcessOptions): boolean {
  return input !== undefined || inputUntil !== undefined || inputFrom !== undefined;
}
