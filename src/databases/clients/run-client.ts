import type { ProcessResult } from "../../host/processes.ts";
import { programFailure } from "../run-tool.ts";
import { wholeOutput } from "../whole-output.ts";
import type { ClientContext } from "./sql-client.ts";

export interface ClientCall {
  readonly argv: readonly string[];
  /** Beside the operator's own: where passwords go, as others can read an argv. */
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  readonly timeoutMs: number;
  /** For errors. */
  readonly what: string;
  onLine?(line: string): void;
}

/** Runs a client on its standard input. Gives what it printed, unless its lines were given to somebody. @throws StepFailed with its own words. */
export async function runClient({ host, env, user, signal }: ClientContext, call: ClientCall): Promise<string> {
  const { timeoutMs, what, onLine } = call;
  const output = wholeOutput();
  const result: ProcessResult = await host.processes.run(call.argv, {
    cwd: "/",
    env: { ...env, ...call.env },
    input: call.input,
    diesWithUs: true,
    timeoutMs,
    signal,
    ...(user === undefined ? {} : { user }),
    onLine(stream, line) {
      if (onLine === undefined) output.onLine(stream, line);
      else onLine(line);
    },
  });
  if (result.aborted) signal.throwIfAborted();
  if (result.exitCode !== 0 || result.timedOut) {
    throw programFailure(`${what}: ${call.argv[0] ?? ""}`, result, { timeoutMs });
  }
  return onLine === undefined ? output.of(result, what) : "";
}

export function rowsOf(printed: string): readonly (readonly string[])[] {
  return printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}
