import { keepEnd } from "../domain/cut.ts";
import type { Deployment } from "../domain/deployment.ts";
import { DEPLOYMENT_VARIABLE, STEP_VARIABLE } from "../domain/deployment-variable.ts";
import { diskTrouble } from "../domain/disk-trouble.ts";
import { StepFailed } from "../domain/errors.ts";
import type { Processes, ProcessResult } from "../host/processes.ts";
import type { Members, Places } from "../steps/capabilities.ts";
import type { Step } from "../steps/step.ts";
import type { ContextParts } from "./step-context.ts";

/** The commands of one step: their variables say which step of which deployment started them, and their output goes into its log. */
export function stepCommands(
  { target, places, run: { output }, acts, looks }: ContextParts,
  step: Step,
  signal: AbortSignal,
  current: () => Deployment,
): Members<"command"> {
  const commands = withoutStragglers(acts.commands, current().id, step.name);
  const commandEnv = (): Record<string, string> => ({
    ...commandVariables(looks.env, current(), places, looks.previousRevision),
    [STEP_VARIABLE]: step.name,
  });
  return {
    commands,
    commandEnv,
    async command(command, options = {}) {
      const timeoutMs = options.timeoutMs ?? target.settings.timeout;
      const user = options.user ?? target.settings.user;
      const result = await commands.run(command, {
        cwd: options.cwd ?? places.release,
        env: { ...commandEnv(), ...options.variables },
        ...(user === undefined ? {} : { user }),
        timeoutMs,
        signal,
        onLine: (stream, line) => output.add(step.name, stream, line),
      });
      if (result.aborted) signal.throwIfAborted();
      if (result.exitCode !== 0) throw failure(step, result, timeoutMs);
    },
  };
}

/**
 * Wraps processes: a command that is cancelled or out of time takes those with it that left its process group (`setsid`). They are found by the variables that
 * the step put into their environment.
 */
export function withoutStragglers(processes: Processes, deployment: string, step: string): Processes {
  return {
    ...processes,
    async run(command, options) {
      const result = await processes.run(command, options);
      if (result.timedOut || result.aborted) {
        const graceMs = options.graceMs === undefined ? {} : { graceMs: options.graceMs };
        await processes.endMarked([DEPLOYMENT_VARIABLE, deployment], { also: [[STEP_VARIABLE, step]], ...graceMs });
      }
      return result;
    },
  };
}

/** The environment of commands, beside the daemon's own variables. */
export function commandVariables(
  env: Readonly<Record<string, string>>,
  deployment: Deployment,
  places: Places,
  previousRevision: string | undefined,
): Record<string, string> {
  return {
    ...env,
    [DEPLOYMENT_VARIABLE]: deployment.id,
    FRAISIER_FRAISE: deployment.fraise,
    FRAISIER_ENVIRONMENT: deployment.environment,
    FRAISIER_JOB: deployment.job,
    FRAISIER_REVISION: deployment.revision,
    FRAISIER_REF: deployment.ref?.name ?? "",
    FRAISIER_PREVIOUS_REVISION: previousRevision ?? "",
    FRAISIER_APP_PATH: places.app,
    FRAISIER_RELEASE_PATH: places.release,
  };
}

function failure({ name }: Step, result: ProcessResult, timeoutMs: number): Error {
  const reason = `${name} ${ending(result, timeoutMs)}`;
  const hint = lastWords(result);
  return (
    diskTrouble(`${reason}: no space is left on the disk`, result.tail, { ofRepository: true, hint }) ??
    new StepFailed(reason, { hint })
  );
}

function ending(result: ProcessResult, timeoutMs: number): string {
  if (result.timedOut) return `was ended: it took longer than ${Math.round(timeoutMs / 1000)} s`;
  if (result.exitCode === undefined) return `was ended by ${result.signal ?? "a signal"}`;
  return `ended with exit code ${result.exitCode}`;
}

/** The end of what it printed tells most. */
function lastWords(result: ProcessResult): string {
  const lines = result.tail.trimEnd().split("\n").slice(-3);
  return keepEnd(lines.join("\n"), 500);
}
