import type { Readable, Writable } from "node:stream";
import { programFailure } from "../databases/run-tool.ts";
import type { Command } from "../host/processes.ts";
import type { DumpContext } from "./dumper.ts";

interface Call {
  readonly command: Command;
  /** Beside the operator's own: where passwords go, as others can read an argv. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly from?: Readable;
  readonly to?: Writable;
  /** For errors. */
  readonly what: string;
}

/** Runs a program on streams. Gives what it printed, where that is not streamed. @throws StepFailed with its own words. */
export async function streamProgram(
  { host, env, user, signal, timeoutMs }: Omit<DumpContext, "settings" | "url" | "log">,
  { command, env: more, input, from, to, what }: Call,
): Promise<string> {
  const result = await host.processes.run(command, {
    cwd: "/",
    env: { ...env, ...more },
    // Nobody would take what it goes on printing.
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
