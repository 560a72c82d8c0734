import type { Outcome } from "../domain/deployment.ts";
import type { Processes } from "../host/processes.ts";
import type { ContextParts } from "./step-context.ts";
import { commandVariables } from "./step-commands.ts";
import type { OutputLog } from "./output-log.ts";

/** A hook that hangs must not keep the target busy for long. */
const TIMEOUT_MS = 60_000;

interface HookParts extends Pick<ContextParts, "deployment" | "target" | "places"> {
  readonly commands: Processes;
  readonly env: Readonly<Record<string, string>>;
  readonly output: OutputLog;
}

/**
 * Runs `hooks.on_failure` in the target's folder, once it is known how the deployment ended and before it is recorded: FRAISIER_STATUS and
 * FRAISIER_REASON say how. Their output and their own failures go to the log.
 */
export function failureHook(parts: HookParts): (outcome: Outcome, reason: string) => Promise<void> {
  const { deployment, target, places, commands, env, output } = parts;
  return async (outcome, reason) => {
    for (const command of target.settings.hooks.on_failure) {
      try {
        const { exitCode } = await commands.run(command, {
          cwd: places.app,
          env: {
            ...commandVariables(env, deployment, places, undefined),
            FRAISIER_STATUS: outcome,
            FRAISIER_REASON: reason,
          },
          ...(target.settings.user === undefined ? {} : { user: target.settings.user }),
          timeoutMs: TIMEOUT_MS,
          onLine: (stream, line) => output.add("on_failure", stream, line),
        });
        if (exitCode !== 0)
          output.add(
            "on_failure",
            "fraisier",
            `ended with ${exitCode === undefined ? "a signal" : `exit code ${exitCode}`}`,
          );
      } catch (error) {
        output.add("on_failure", "fraisier", `could not run: ${String(error)}`);
      }
    }
  };
}
