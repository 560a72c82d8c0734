import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RunnerQuestion } from "../../actions/ask-runner.ts";
import type { Config } from "../../config/config.ts";
import { DEPLOYMENT_VARIABLE } from "../../domain/deployment-variable.ts";
import { FraisierError } from "../../domain/errors.ts";
import type { ErrorWords } from "../../domain/error-of-code.ts";
import type { TakenQuestion } from "../../host/question-socket.ts";
import type { App } from "../app.ts";
import { performAsked } from "./perform-asked.ts";

/** The reply of a process to a question of its daemon. */
export type Reply = { readonly answer: Readonly<Record<string, unknown>> } | { readonly error: ErrorWords };

/** A program that only looks ends soon. */
const GRACE_MS = 1_000;

/** The socket at which the question of this name waits for the process that is started for it. */
export function questionPath({ deployment }: Pick<Config, "deployment">, id: string): string {
  return join(deployment.state_directory, `${id}.ask`);
}

/** Removes the sockets that a killed daemon left: the processes that were started for them have ended with it. */
export function removeOldQuestions({ deployment: { state_directory: folder } }: Pick<Config, "deployment">): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (/^[0-9a-z]{13}\.ask$/.test(name)) rmSync(join(folder, name), { force: true });
}

/** Answers a question of the daemon in place of running a deployment. Everything that was started for it ends with it. */
export async function answerQuestion(app: App, id: string, { text, signal, reply }: TakenQuestion): Promise<void> {
  // git has it in its environment.
  process.env[DEPLOYMENT_VARIABLE] = id;
  const end = (): void => void app.host.processes.endMarked([DEPLOYMENT_VARIABLE, id], { graceMs: GRACE_MS });
  signal.addEventListener("abort", end, { once: true });
  const said = await replyTo(app, text, signal);
  signal.removeEventListener("abort", end);
  if (!signal.aborted) await reply(JSON.stringify(said));
}

async function replyTo(app: App, text: string, signal: AbortSignal): Promise<Reply> {
  try {
    return { answer: await performAsked(app, JSON.parse(text) as RunnerQuestion, signal) };
  } catch (error) {
    if (!(error instanceof FraisierError)) {
      if (!signal.aborted) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      return { error: { code: "bug", message: "fraisier failed to answer" } };
    }
    const { code, message, hint } = error;
    return { error: { code, message, hint } };
  }
}
