import { keepEnd } from "../domain/cut.ts";
import { diskTrouble } from "../domain/disk-trouble.ts";
import { ProgramKilled, StepFailed } from "../domain/errors.ts";
import type { FraisierError } from "../domain/errors.ts";
import type { Command, ProcessResult } from "../host/processes.ts";
import type { ToolContext } from "./migration-tool.ts";
import { wholeOutput } from "./whole-output.ts";

/** Runs a tool in the release with its output in the log, the URL in its environment. @throws StepFailed when it does not exit 0. */
export async function run(
  context: ToolContext,
  command: Command,
  what: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const result = await start(context, command, more, (_, line) => context.log(line));
  check(context, result, what);
}

/** Runs it for what it prints, however much that is. @throws StepFailed when it does not exit as expected. */
export async function ask(
  context: ToolContext,
  command: Command,
  what: string,
  { fine = [0] }: { readonly fine?: readonly number[] } = {},
): Promise<string> {
  const output = wholeOutput();
  const result = await start(context, command, {}, (stream, line) => output.onLine(stream, line));
  const { exitCode } = result;
  const isFine = exitCode !== undefined && fine.includes(exitCode) && !result.timedOut && !result.aborted;
  if (!isFine) check(context, result, what);
  return output.of(result, what);
}

async function start(
  { commands, url, env, user, folder, timeoutMs, signal }: ToolContext,
  command: Command,
  more: Readonly<Record<string, string>>,
  onLine: (stream: "stdout" | "stderr", line: string) => void,
): Promise<ProcessResult> {
  return await commands.run(command, {
    cwd: folder,
    env: { ...env, ...(url === undefined ? {} : { DATABASE_URL: url.reveal(env) }), NO_COLOR: "1", ...more },
    diesWithUs: true,
    timeoutMs,
    signal,
    ...(user === undefined ? {} : { user }),
    onLine,
  });
}

function check({ signal, timeoutMs }: ToolContext, result: ProcessResult, what: string): void {
  if (result.aborted) signal.throwIfAborted();
  if (result.exitCode === 0 && !result.timedOut) return;
  throw programFailure(`${what}:`, result, { timeoutMs, ofRepository: true });
}

/** The error of a program that did not end well: the host's if a disk is in trouble or the program was killed, else the revision's. */
export function programFailure(
  subject: string,
  result: ProcessResult,
  { timeoutMs, ofRepository = false }: { readonly timeoutMs: number; readonly ofRepository?: boolean },
): FraisierError {
  const message = `${subject} ${endingOf(result, timeoutMs)}${lastWords(result)}`;
  const trouble = diskTrouble(message, result.tail, { ofRepository });
  if (trouble !== undefined) return trouble;
  if (!wasKilled(result, ofRepository)) return new StepFailed(message);
  return new ProgramKilled(message, {
    hint: "The kernel kills programs if memory runs out (journalctl --dmesg says so); else a person ended it.",
  });
}

/** Whether something else than the program itself ended it. A shell and a sandbox report that their program was killed by the exit code 137. */
function wasKilled({ exitCode, signal, timedOut }: ProcessResult, ofRepository: boolean): boolean {
  if (timedOut) return false;
  if (exitCode !== undefined) return exitCode === 137;
  return signal === "SIGKILL" || (!ofRepository && signal === "SIGTERM");
}

/** How a program ended that did not end well. */
function endingOf(result: ProcessResult, timeoutMs: number): string {
  if (result.timedOut) return `ended: it took longer than ${timeoutMs / 1000} s`;
  return result.exitCode === undefined
    ? `ended by ${result.signal ?? "a signal"}`
    : `ended with exit code ${result.exitCode}`;
}

/** The end of what a program printed, as the rest of a sentence: it tells most. */
export function lastWords({ tail }: ProcessResult): string {
  const lines = tail
    .split("\n")
    // In a stack, the message is the telling line.
    .filter((line) => line.trim() !== "" && !/^\s+at .*:\d+/.test(line))
    .slice(-4);
  return lines.length === 0 ? "" : `: ${keepEnd(lines.join("; "), 600)}`;
}
