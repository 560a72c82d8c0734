import type { Readable, Writable } from "node:stream";
import { programFailure } from "../databases/run-tool.ts";
import type { Command } from "../host/processes.ts";
import type { DumpContext } from "./dumper.ts";

interface Call {
  readonly command: Command;
  /** Variables beside the operator's own. Passwords go there, as other users can read an argv. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly from?: Readable;
  readonly to?: Writable;
  /** The name of the program in errors. */
  readonly what: string;
}

/** Runs a program on streams. Returns its output, unless that is streamed. @throws StepFailed with its own words. */
export async function streamProgram(
  { host, env, user, signal, timeoutMs }: Omit<DumpContext, "settings" | "url" | "log">,
  { command, env: more, input, from, to, what }: Call,
): Promise<string> {
  const result = await host.processes.run(command, {
    cwd: "/",
    env: { ...env, ...more },
    // Once this process is dead, no process would read the output.
    diesWithUs: true,
    timeoutMs,
    signal,
    ...(user === undefined ? {} : { user }),
    ...(input === undefined ? {} : { input }),
    ...(from === undefined ? {} : { inputFrom: from }),
    ...(to === undefined ? {} : { outputTo: to }),
  });
  if (result.aborted) signal.throwIfAborted();
  if (result.exitCode === 0 && !result.timedOut) return result.stdout;
  const program = typeof command === "string" ? "it" : (command[0] ?? "");
  throw programFailure(`${what}: ${program}`, result, { timeoutMs });
}
