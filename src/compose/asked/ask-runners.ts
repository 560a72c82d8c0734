import { setTimeout as sleep } from "node:timers/promises";
import type { AskRunner } from "../../actions/ask-runner.ts";
import type { Config } from "../../config/config.ts";
import type { Loadable } from "../../config/file/watch-config.ts";
import { errorOfCode } from "../../domain/error-of-code.ts";
import { ConfigError, HostUnavailable } from "../../domain/errors.ts";
import { newId } from "../../domain/id.ts";
import { putQuestion } from "../../host/question-socket.ts";
import type { OpenQuestion } from "../../host/question-socket.ts";
import type { Launcher } from "../../launchers/launcher.ts";
import type { Log } from "../../log.ts";
import { questionPath, removeOldQuestions } from "./answer-question.ts";
import type { Reply } from "./answer-question.ts";
import { createWorkPlaces } from "./work-places.ts";

/** Deployments come first on a small machine. */
const LIMITS = { atOnce: 2, waiting: 16, perAsker: 4 };
/** A process that is told to end has this time before it is ended by force. */
const GRACE_MS = 5_000;
/** How often the launcher is asked whether a process that has not come yet is gone. */
const LOOK_MS = 1_000;

interface AskParts {
  readonly launcher: Launcher;
  /** The settings with which this process opened its store. */
  readonly config: Config;
  /** The state of fraises.yaml for a process that starts now. */
  loadable(): Promise<Loadable>;
  /** Aborts when the daemon stops. */
  readonly stopping: AbortSignal;
  readonly log: Log;
}

/**
 * Has a process like a runner answer each question, with the rights and the confinement of a runner: the daemon itself may start no command of a repository, and does nothing
 * that would hold deliveries up.
 */
export function askRunners(parts: AskParts): AskRunner {
  removeOldQuestions(parts.config);
  const places = createWorkPlaces(LIMITS);
  return async (question, { timeoutMs, signal }) => {
    const { fault } = await parts.loadable();
    if (fault !== undefined)
      throw new ConfigError(fault, [], { hint: "fraisier config validate, on that machine, names every problem." });
    const timeout = AbortSignal.timeout(timeoutMs);
    const ending = AbortSignal.any([signal, parts.stopping, timeout]);
    const why = (): HostUnavailable => whyEnded(question.verb, { parts, timeout, timeoutMs });
    const leave = await places.enter(question.by, ending).catch((error: unknown) => {
      throw ending.aborted ? why() : error;
    });
    const id = newId();
    let open: OpenQuestion;
    try {
      open = await putQuestion(questionPath(parts.config, id), JSON.stringify(question));
    } catch (error) {
      leave();
      throw error;
    }
    try {
      return answerIn(await Promise.race([answerFrom(id, open, { parts, timeoutMs }), aborted(ending, why)]));
    } finally {
      open.close();
      // The place is free when nothing works on the question any more.
      void leftBy(id, open, parts).then(leave);
    }
  };
}

interface Asked {
  readonly parts: AskParts;
  readonly timeoutMs: number;
}

async function answerFrom(
  id: string,
  { taken, answer }: OpenQuestion,
  { parts: { launcher, config }, timeoutMs }: Asked,
): Promise<string> {
  const lost = Promise.withResolvers<never>();
  const lose = (how: string): void => lost.reject(new HostUnavailable(`the process that was to answer ended: ${how}`));
  lost.promise.catch(() => {});
  await launcher.launch({ deployment: id, configFile: config.file, timeoutMs: timeoutMs + GRACE_MS, onExit: lose });
  const watching = new AbortController();
  void watch(id, launcher, watching.signal).then((how) => how !== undefined && lose(how), lost.reject);
  try {
    // From here on the end of the connection says that the process has ended.
    await Promise.race([taken, lost.promise]);
  } finally {
    watching.abort();
  }
  return await answer;
}

/** Why there is no process, as soon as the launcher finds that there is none. */
async function watch(id: string, launcher: Launcher, signal: AbortSignal): Promise<string | undefined> {
  for (;;) {
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return undefined;
    const how = await launcher.lost?.(id);
    if (how !== undefined) return how;
  }
}

/** Resolves once the process has left the question; it is ended by force if it takes its time. */
async function leftBy(id: string, { left, taken }: OpenQuestion, { launcher, log }: AskParts): Promise<void> {
  const isLeft = await Promise.race([left.then(() => true), sleep(GRACE_MS, false, { ref: false })]);
  if (isLeft) return;
  await launcher
    .stop(id, await taken)
    .catch((error: unknown) => log.warn({ err: error }, "a process that was to answer a question was not ended"));
}

async function aborted(signal: AbortSignal, why: () => Error): Promise<never> {
  return await new Promise((_, reject) => {
    if (signal.aborted) reject(why());
    signal.addEventListener("abort", () => reject(why()), { once: true });
  });
}

function whyEnded(
  verb: string,
  { parts: { stopping }, timeout, timeoutMs }: Asked & { readonly timeout: AbortSignal },
): HostUnavailable {
  if (stopping.aborted)
    return new HostUnavailable("the daemon stops", { hint: "Try again when it has started: nothing was changed." });
  if (timeout.aborted)
    return new HostUnavailable(`${verb} was not done within ${timeoutMs / 1_000} seconds, and was ended`, {
      hint: "Run it on that machine itself, where it has more time.",
    });
  return new HostUnavailable("the client has gone away");
}

/** @throws the error that the process sent. */
function answerIn(text: string): Readonly<Record<string, unknown>> {
  const reply = JSON.parse(text) as Reply;
  if ("answer" in reply) return reply.answer;
  throw errorOfCode(reply.error) ?? new Error(reply.error.message);
}
