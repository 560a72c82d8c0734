import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { storeFeed } from "../../answers/following/store-feed.ts";
import type { App } from "../../compose/app.ts";
import { daemonVariables } from "../../config/secrets/secrets.ts";
import { HostUnavailable } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { withPassword } from "../../domain/postgres-url.ts";
import { waitSentence } from "../../domain/wait-reason.ts";
import { ownIdentity } from "../../host/process-identity.ts";
import { runnerCommand } from "../../launchers/runner-command.ts";
import { runnerEnvironment } from "../../launchers/runner-environment.ts";
import { findDead } from "../../queue/find-dead.ts";
import { drainedHere } from "../../queue/drained-here.ts";
import { livingLocks } from "../../queue/living-locks.ts";
import { nextTurns } from "../../queue/next-turn.ts";
import type { Silence } from "../../queue/silence.ts";
import { watchSilence } from "../../queue/silence.ts";
import { tellWait } from "../../queue/tell-wait.ts";
import type { RunningDeployment } from "../../store/reads/queue-state.ts";
import { hasEnded, watchDeployment } from "../live/watch-deployment.ts";
import type { ShownPlace } from "../live/watch-deployment.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";
import { onInterrupt, requestCancel } from "./interrupt.ts";
import { turnSettings } from "../../compose/turn-settings.ts";

/** The launched runner must have taken the deployment up by then. */
const LAUNCH_LEASE_MS = 20_000;
/** How often this command asks whether it is this deployment's turn. */
const TURN_MS = 300;

interface Shown {
  readonly print: Print;
  /** Whether the whole output is shown. */
  readonly log: boolean;
}

/**
 * Runs a deployment if no daemon runs: waits for the target's turn, then starts the usual runner as a child of this command, and follows it to its end. An
 * unfinished deployment of a dead runner is brought to its end first. The first Ctrl-C asks for cancellation, the next ones end the runner. @throws
 * HostUnavailable when the runner ended before its deployment did.
 */
export async function runHere(app: App, target: TargetKey, id: string, { print, log }: Shown): Promise<void> {
  const feed = storeFeed(app);
  let runner: Runner | undefined;
  let wasEnded = false;
  using _interrupt = onInterrupt(
    () => {
      if (!print.isJson) print.line("cancelling; Ctrl-C again ends the runner at once");
      void requestCancel(app.store, id);
    },
    () => {
      wasEnded = true;
      runner?.end();
    },
  );
  const say = (text: string): void => {
    if (!print.isJson) print.line(text);
  };
  const silence = watchSilence();
  // The log of the next runner is printed behind the log of the runner before it.
  const place: ShownPlace = { after: 0, phases: 0 };
  let waitsFor: string | undefined;
  for (;;) {
    const turn = await takeTurn(app, target, id, silence);
    if (turn.kind === "gone") return void (await watchDeployment(feed, id, print, { log, place }));
    if (turn.kind === "wait") {
      if (waitsFor !== turn.because) say(harmless(`waits: ${turn.because}`));
      waitsFor = turn.because;
      await sleep(TURN_MS);
      continue;
    }
    if (turn.id !== id) say(`deployment ${turn.id} has no runner any more: bringing that one to its end first`);
    runner = startRunner(app, turn.id);
    const [row, ended] = await Promise.all([
      turn.id === id ? watchDeployment(feed, id, print, { log, abandoned: runner.ended, place }) : undefined,
      runner.exit,
    ]);
    if (hasEnded(row)) return;
    const left = (await app.store.deployments.detail(turn.id))?.deployment;
    if (left !== undefined && left.finishedAt === undefined) {
      // A person who ends the runner wants the deployment cancelled: the next runner takes back the work of this one.
      if (wasEnded) {
        wasEnded = false;
        continue;
      }
      throw endedTooEarly(ended, turn.id);
    }
  }
}

/**
 * Brings a deployment whose runner is dead to its end if no daemon runs. The next runner is a child of this command. Returns the status at the end;
 * undefined if another process took the deployment up first.
 * @throws HostUnavailable when the runner ended before the deployment did.
 */
export async function takeUpHere(app: App, dead: RunningDeployment): Promise<string | undefined> {
  const { store } = app;
  await store.queue.revokeLeases([dead]);
  if (!(await store.queue.reclaim(dead.id, LAUNCH_LEASE_MS, JSON.stringify(ownIdentity())))) return undefined;
  const how = await startRunner(app, dead.id).exit;
  const row = (await store.deployments.detail(dead.id))?.deployment;
  if (row !== undefined && row.finishedAt === undefined) throw endedTooEarly(how, dead.id);
  return row?.status;
}

function endedTooEarly(how: string, deployment: string): HostUnavailable {
  return new HostUnavailable(`the runner ended (${how}) before deployment ${deployment} did`, {
    hint: `fraisier logs ${deployment} shows how far it came; fraisier serve, or the same command again, takes it up from there.`,
  });
}

type Turn =
  /** This process has claimed the deployment: a runner may start. */
  | { readonly kind: "run"; readonly id: string }
  | { readonly kind: "wait"; readonly because: string }
  /** The deployment has ended, or another living process took it. */
  | { readonly kind: "gone" };

/** Asks for the turn of this target as the daemon does (queue/next-turn.ts), and claims what may start. */
async function takeTurn({ store, config }: App, target: TargetKey, id: string, silence: Silence): Promise<Turn> {
  const claimer = JSON.stringify(ownIdentity());
  const { queued, running } = await store.queue.state();
  silence.looked();
  const dead = findDead(running, silence);
  await store.queue.revokeLeases(dead.filter((each) => targetName(each) === targetName(target)));
  const settings = turnSettings(config);
  // This command has just loaded the file, and looked for the target's secrets.
  const drained = await drainedHere(store, config.server.name);
  const obstacles = { locks: await livingLocks(store), faults: new Map<string, never>(), drained };
  const turns = nextTurns({ queued, running, dead, only: target }, settings, obstacles, new Date());
  for (const turn of turns) {
    if (turn.kind === "take up" && (await store.queue.reclaim(turn.deployment.id, LAUNCH_LEASE_MS, claimer)))
      return { kind: "run", id: turn.deployment.id };
  }
  const ours = turns.find(({ deployment }) => deployment.id === id);
  switch (ours?.kind) {
    case undefined:
      return { kind: "gone" };
    case "wait":
      await tellWait(store, ours);
      return { kind: "wait", because: waitSentence(ours.for) };
    default:
      if (await store.queue.claim(id, { leaseMs: LAUNCH_LEASE_MS, claimer, places: settings.concurrency }))
        return { kind: "run", id };
      // Another process was faster: the next look sees the result.
      return { kind: "wait", because: "another process takes it" };
  }
}

interface Runner {
  /** Aborts once the process is gone. */
  readonly ended: AbortSignal;
  /** How it ended: `exit code 1`, `SIGKILL`. Rejects when it could not be started. */
  readonly exit: Promise<string>;
  end(): void;
}

function startRunner({ config }: App, deployment: string): Runner {
  const [program, ...args] = runnerCommand({ deployment, configFile: config.file });
  // The runner has a session of its own, so that Ctrl-C reaches this command and not the runner.
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
    env: runnerEnvironment("process", {
      withheld: daemonVariables(config),
      store: withPassword(config.store.url.reveal(), undefined),
    }),
  });
  const ended = new AbortController();
  const exit = new Promise<string>((resolve, reject) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once("error", (cause) =>
      reject(new HostUnavailable(`no runner could be started: ${cause.message}`, { cause })),
    );
  }).finally(() => ended.abort());
  return { ended: ended.signal, exit, end: () => void child.kill("SIGTERM") };
}
