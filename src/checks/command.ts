import { z } from "zod";
import { keepStart } from "../domain/cut.ts";
import { HostUnavailable, StepFailed } from "../domain/errors.ts";
import type { Command } from "../host/processes.ts";
import { defineCheck } from "./check.ts";
import { disappointments, inWords, textExpectations } from "./text-expectations.ts";

/** Runs a command of the operator's in the release: its exit code and its output say whether all is well. */
export const command = defineCheck({
  type: "command",
  timeoutMs: 30_000,
  settings: (fields) => ({
    command: fields.command.describe("The command, run in the release"),
    exit_code: z.int().min(0).max(255).default(0).describe("The code that it must end with"),
    ...textExpectations(fields),
    user: fields.text.optional().meta(fields.means("The user that runs the command", "the environment's `user`")),
  }),
  describe(settings) {
    const { command: line, exit_code, ...expected } = settings;
    return `${typeof line === "string" ? line : line.join(" ")} ends with ${exit_code}${inWords(expected)}`;
  },
  async run(settings, { commands, folder, env, user, timeoutMs, signal, log }) {
    const { command: line, exit_code, user: own, ...expected } = settings;
    const runAs = own ?? user;
    const output: string[] = [];
    let kept = 0;
    const result = await commands
      .run(line, {
        cwd: folder,
        env,
        ...(runAs === undefined ? {} : { user: runAs }),
        timeoutMs,
        signal,
        onLine: (_stream, text) => {
          log(text);
          // Only the start and the end of a very long output are compared.
          if (kept < MAX_KEPT) output.push(text);
          kept += text.length;
        },
      })
      .catch((error: unknown) => {
        // A program of the revision's own that is not there is the revision's fault; one of the machine is not.
        if (error instanceof HostUnavailable && isOfRelease(line))
          throw new StepFailed(error.message, { cause: error });
        throw error;
      });
    if (result.aborted) signal.throwIfAborted();
    if (result.timedOut) return { passed: false, seen: `no end within ${timeoutMs / 1000} s` };
    const ended = result.exitCode === undefined ? `a signal (${result.signal ?? "?"})` : `exit code ${result.exitCode}`;
    const problems = [
      ...(result.exitCode === exit_code ? [] : [`ended with ${ended}, not ${exit_code}`]),
      ...disappointments(
        "the output",
        kept < MAX_KEPT ? output.join("\n") : [...output, result.tail].join("\n"),
        expected,
      ),
    ];
    const last = result.tail.trimEnd().split("\n").at(-1) ?? "";
    const said = last === "" ? "" : `; it said: ${keepStart(last, 200)}`;
    return { passed: problems.length === 0, seen: `${problems.join("; ") || ended}${said}` };
  },
});

/** `./scripts/smoke`, but neither `curl` nor `/usr/bin/curl`. */
function isOfRelease(line: Command): boolean {
  const program = typeof line === "string" ? "" : (line[0] ?? "");
  return program.includes("/") && !program.startsWith("/");
}

const MAX_KEPT = 1024 * 1024;
