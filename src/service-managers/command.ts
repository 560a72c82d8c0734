import { z } from "zod";
import { diskTrouble } from "../domain/disk-trouble.ts";
import { NotBegun, StepFailed } from "../domain/errors.ts";
import type { Command, ProcessResult } from "../host/processes.ts";
import { defineServiceManager } from "./service-manager.ts";
import type { Service } from "./service-manager.ts";

/** A shell line, or argv. */
const commandLine = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const settings = {
  restart: commandLine.describe(
    "starts or restarts the service by its manager, and ends when that is done: what it leaves behind in its own process group is killed",
  ),
  stop: commandLine.optional().describe("stops the service"),
  status: commandLine.optional().describe("exits 0 while the service is up"),
  logs: commandLine
    .optional()
    .describe("prints the service's last lines of output (since the time $FRAISIER_SINCE, if it can), and ends"),
  user: z.string().min(1).optional().describe("runs these commands as this user"),
};

const RESTART_TIMEOUT_MS = 300_000;
const QUESTION_TIMEOUT_MS = 10_000;

/**
 * Services spoken to by commands of the operator's: OpenRC, runit, supervisord, pm2. The commands must hand the service
 * over to such a manager: what they leave behind in their own process group is killed.
 */
export const command = defineServiceManager({
  name: "command",
  settings,
  keepsOutput: ({ logs }) => logs !== undefined,

  service({ restart, stop, status, logs, user }, host, env): Service {
    const name = `service (${inWords(restart)})`;

    const run = (
      line: Command,
      timeoutMs: number,
      signal?: AbortSignal,
      variables: Readonly<Record<string, string>> = {},
    ): Promise<ProcessResult> =>
      host.processes.run(line, {
        env: { ...env, ...variables },
        timeoutMs,
        cwd: "/",
        // A command that went on after its runner was killed would overlap the restart of the next runner.
        diesWithUs: true,
        ...(user === undefined ? {} : { user }),
        ...(signal === undefined ? {} : { signal }),
      });
    const change = async (what: string, line: Command, signal?: AbortSignal): Promise<void> => {
      const result = await run(line, RESTART_TIMEOUT_MS, signal);
      if (result.exitCode === 0 && !result.timedOut && !result.aborted) return;
      const message = `cannot ${what} ${name}: ${ending(result)}${said(result)}`;
      throw diskTrouble(message, result.tail) ?? new StepFailed(message);
    };

    return {
      name,
      restart: (signal) => change("restart", restart, signal),

      async stop(signal) {
        if (stop === undefined) {
          throw new NotBegun(`cannot stop ${name}: no command says how`, { hint: "Give one under service: stop." });
        }
        await change("stop", stop, signal);
      },

      async state() {
        const common = { changing: false, failed: false, restarts: undefined, mainPid: undefined };
        if (status === undefined)
          return { ...common, up: true, isActive: true, description: "taken for up: there is no status command" };
        const result = await run(status, QUESTION_TIMEOUT_MS);
        const up = result.exitCode === 0 && !result.timedOut;
        return {
          ...common,
          up,
          isActive: up,
          description: up ? "up" : `not up (${inWords(status)}: ${ending(result)})`,
        };
      },

      // The operator's own commands: what they need, and what they run, is not known.
      obstacles: async () => [],
      codeOrigin: async () => undefined,

      async recentOutput(lines, since) {
        if (logs === undefined) return undefined;
        if (lines <= 0) return [];
        // Whether they heed it is theirs: docker logs --since "$FRAISIER_SINCE" does.
        const variables = { FRAISIER_SINCE: since?.toISOString() ?? "" };
        const result = await run(logs, QUESTION_TIMEOUT_MS, undefined, variables);
        return result.exitCode === 0 ? lastLines(result.tail, lines) : undefined;
      },
    };
  },
});

function inWords(line: Command): string {
  return typeof line === "string" ? line : line.join(" ");
}

function ending(result: ProcessResult): string {
  if (result.timedOut) return `no end within ${Math.round(result.durationMs / 1000)} s`;
  if (result.aborted) return "interrupted";
  return result.exitCode === undefined ? `ended by ${result.signal ?? "a signal"}` : `exit code ${result.exitCode}`;
}

function said({ tail }: ProcessResult): string {
  const words = lastLines(tail, 5).join("; ");
  return words && `: ${words}`;
}

function lastLines(text: string, count: number): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .slice(-count);
}
