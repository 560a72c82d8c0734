import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import type { Gate } from "../domain/wait-reason.ts";
import { waitSentence } from "../domain/wait-reason.ts";
import type { Clock } from "../host/clock.ts";
import type { ProcessIdentity } from "../host/process-identity.ts";
import { isAlive, ownIdentity } from "../host/process-identity.ts";
import type { Log } from "../log.ts";
import type { Launcher } from "../launchers/launcher.ts";
import type { QueueState } from "../store/reads/queue-state.ts";
import type { Store } from "../store/store.ts";
import { LAUNCHING, UNADOPTED } from "../store/writes/claim-deployment.ts";
import { findDead, SILENT_MS } from "./find-dead.ts";
import { failedLaunches } from "./failed-launches.ts";
import type { FailedLaunches } from "./failed-launches.ts";
import { drainedHere } from "./drained-here.ts";
import { livingLocks } from "./living-locks.ts";
import type { Go, Obstacles, Situation, TurnSettings } from "./next-turn.ts";
import { nextTurns, notBehindOthers } from "./next-turn.ts";
import type { Silence } from "./silence.ts";
import { watchSilence } from "./silence.ts";
import { tellWait } from "./tell-wait.ts";
import { messageOf } from "../domain/message-of.ts";

/** Starts what is queued and takes up what died: one running deployment per target, `concurrency` in all. */
export interface Dispatcher {
  /** Something changed in the queue: look now. Never throws, returns at once. */
  poke(): void;
  /** Waits for the look that is under way. Runners go on: they are processes of their own. */
  stop(): Promise<void>;
}

export interface DispatcherParts {
  readonly store: Store;
  /** The name of this host. */
  readonly host: string;
  /** The nouns with which this daemon notices what is stuck; undefined if another daemon does that for all hosts. */
  leading(): Pick<Store, "queue"> | undefined;
  readonly launcher: Launcher;
  /** Ends a runner, in the way that goes with how it was launched. @throws HostUnavailable */
  stopRunner(kind: string, deployment: string, pid: number): Promise<void>;
  readonly configFile: string;
  /** The settings in force, asked anew at each look. */
  settings(): QueueSettings;
  /** The reason why a runner could not load fraises.yaml, which may have changed since this process read it. */
  configFault(): Promise<Gate | undefined>;
  /** The reason why a runner could not find the store. A deployment that was begun needs no more of fraises.yaml than that. */
  storeFault(): Promise<Gate | undefined>;
  /**
   * The reason why a runner could not work for this target: a secret of the target is missing. A deployment that was begun, named by its id, needs the secrets
   * of the settings that it began with.
   */
  targetFault(target: TargetKey, begun?: string): Promise<Gate | undefined>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface QueueSettings extends TurnSettings {
  /** The hosts on which fraises.yaml places a target; undefined if it does not say it. */
  hostsOf(target: TargetKey): readonly string[] | undefined;
  /** Longest that any deployment may take, milliseconds. */
  readonly timeoutMs: number;
  /** A phase that has not moved for so long is noticed, milliseconds. */
  readonly stuckAfterMs: number;
}

/** A runner that was launched must have taken its deployment up by then. */
const LAUNCH_LEASE_MS = 20_000;
/** A launch takes no longer before one asks what has become of it. */
const LAUNCHED_MS = 1_500;
/** The slow look is not needed while pokes arrive; it finds runners that died without a word. */
const INTERVAL_MS = 2_000;
/** The slow look of a daemon whose store is on a server, if nothing is queued and nothing runs: each look costs the server statements. */
const IDLE_MS = 15_000;
/** Between two looks: the first poke is heard at once, a storm of them costs twenty looks a second. */
const PAUSE_MS = 50;
/** Like SILENT_MS, for a runner whose deployment is to be cancelled. */
const CANCEL_GRACE_MS = 15_000;

export function startDispatcher(parts: DispatcherParts): Dispatcher {
  const monotonicMs = (): number => parts.clock.monotonicMs();
  const silence = watchSilence(monotonicMs);
  const failures = failedLaunches(monotonicMs);
  let underWay: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let isIdle = false;
  let lookedAt = -Infinity;

  const look = async (): Promise<void> => {
    do {
      again = false;
      try {
        lookedAt = monotonicMs();
        isIdle = (await dispatch(parts, silence, failures, poke)) === 0;
      } catch (error) {
        // The store is busy or away: the next look tries again, and nothing was half done, as every change is one transaction.
        parts.log.error({ err: error }, "the queue could not be served");
      }
      await parts.clock.sleep(PAUSE_MS);
      // oxlint-disable-next-line no-unmodified-loop-condition -- pokes and stop() change both meanwhile
    } while (again && !stopped);
    underWay = undefined;
  };
  const poke = (): void => {
    if (stopped) return;
    if (underWay === undefined) underWay = look();
    else again = true;
  };

  const slowLook = (): void => {
    if (parts.store.onServer === undefined || !isIdle || monotonicMs() - lookedAt >= IDLE_MS - INTERVAL_MS / 2) poke();
  };
  const timer = setInterval(slowLook, INTERVAL_MS);
  const stopListening = parts.store.onPoke(poke);
  poke();
  return {
    poke,
    async stop() {
      stopped = true;
      clearInterval(timer);
      stopListening();
      await underWay;
    },
  };
}

/** Finds the dead, asks what stands in the way, lets nextTurns() decide, and acts on the decision. Gives the number of deployments that are queued or run. */
async function dispatch(
  parts: DispatcherParts,
  silence: Silence,
  failures: FailedLaunches,
  poke: () => void,
): Promise<number> {
  const { store, clock, log } = parts;
  const { queued, running, unplaced } = await store.queue.state();
  silence.looked();
  if (unplaced.length > 0) await placeHere(parts, unplaced, poke);
  for (const { id, runnerKind: kind, runnerIdentity: identity } of running)
    if (identity !== undefined && kind !== LAUNCHING) failures.forget(id);
  const lost = await findLost(parts, running, silence, failures);
  const dead = [...new Set([...findDead(running, silence), ...lost])];
  // All at once, however many may be taken up now: from here on none of them can wake up and write.
  await store.queue.revokeLeases(dead);
  const situation = { queued, running, dead };
  const settings = parts.settings();
  const inTheWay = await obstacles(parts, situation, settings, failures);
  const claimer = JSON.stringify(ownIdentity());
  for (const turn of nextTurns(situation, settings, inTheWay, clock.now())) {
    if (turn.kind === "wait") {
      const reason = await tellWait(store, turn);
      if (reason !== undefined) log.warn({ deployment: turn.deployment.id, because: waitSentence(reason) }, "waits");
    } else if (await claim(parts, turn, claimer, settings.concurrency))
      await launch(parts, turn.deployment.id, failures, poke);
    // Another process took it, and the place that it had here may be another's.
    else poke();
  }
  await endOverdue(parts, running, silence);
  await tellStuck(parts, clock.now());
  return queued.length + running.length;
}

/** Takes the deployments whose targets turn out to live on this host, and says why the others wait. */
async function placeHere(
  { store, settings, log }: DispatcherParts,
  unplaced: QueueState["unplaced"],
  poke: () => void,
): Promise<void> {
  const known = await store.daemons.hosts();
  const { hostsOf } = settings();
  for (const deployment of unplaced) {
    const { id, fraise, environment, job } = deployment;
    const hosts = hostsOf(deployment);
    if (await store.queue.place(id, { fraise, environment, job, hosts })) {
      log.info({ deployment: id, host: store.host }, "its target lives on this host");
      poke();
      continue;
    }
    const reason = {
      kind: "placement",
      target: targetName(deployment),
      named: hosts?.join(", ") ?? "",
      known,
    } as const;
    // Each host says it, and it is recorded once.
    await tellWait(store, { kind: "wait", deployment, for: reason });
  }
}

/** Finds what stands in the way of the deployments that no other one comes before. Others are not asked about, as an answer costs a look at files and rows. */
async function obstacles(
  { store, host, configFault, storeFault, targetFault }: DispatcherParts,
  situation: Situation,
  settings: TurnSettings,
  failures: FailedLaunches,
): Promise<Obstacles> {
  const { queued, dead } = situation;
  const faults = new Map<string, Gate>();
  if (queued.length + dead.length === 0) return { locks: [], faults };
  const ofFile = await configFault();
  const note = (id: string, fault: Gate | undefined): void => void (fault !== undefined && faults.set(id, fault));
  for (const each of dead) {
    const isBegun = each.settings !== undefined;
    const ofStart = isBegun ? await storeFault() : ofFile;
    note(each.id, ofStart ?? (await targetFault(each, isBegun ? each.id : undefined)) ?? failures.because(each.id));
  }
  const candidates = notBehindOthers(situation, settings);
  for (const each of candidates) note(each.id, ofFile ?? (await targetFault(each)));
  if (candidates.length === 0) return { locks: [], faults };
  return { locks: await livingLocks(store), faults, drained: await drainedHere(store, host) };
}

/** False if another process was faster, or has taken the last place. */
async function claim(
  { store, log }: DispatcherParts,
  turn: Go,
  claimer: string,
  concurrency: number,
): Promise<boolean> {
  const { id } = turn.deployment;
  if (turn.kind === "start") {
    if (!(await store.queue.claim(id, { leaseMs: LAUNCH_LEASE_MS, claimer, places: concurrency }))) return false;
    log.info({ deployment: id }, "starting");
    return true;
  }
  if (!(await store.queue.reclaim(id, LAUNCH_LEASE_MS, claimer))) return false;
  const why = turn.deployment.runnerIdentity === undefined ? "it has no runner" : "its runner died";
  log.warn({ deployment: id }, `${why}: taking it up again`);
  return true;
}

/** Launched by this process, and gone before they took their deployment up. */
async function findLost(
  { launcher }: DispatcherParts,
  running: QueueState["running"],
  silence: Silence,
  failures: FailedLaunches,
): Promise<QueueState["running"]> {
  const lost = [];
  for (const each of running) {
    if (launcher.lost === undefined || each.runnerKind !== LAUNCHING || silence.of(each) < LAUNCHED_MS) continue;
    const why = await launcher.lost(each.id);
    if (why === undefined) continue;
    failures.failed(each.id, why);
    lost.push(each);
  }
  return lost;
}

/** A runner that does not do what it was asked (stopped, hung in the kernel, its event loop blocked) must not keep its target for ever. */
async function endOverdue(
  { stopRunner, log }: DispatcherParts,
  running: QueueState["running"],
  silence: Silence,
): Promise<void> {
  for (const each of running) {
    const { id, cancelRequestedAt: askedAt, runnerKind: kind, runnerIdentity: identity } = each;
    if (identity === undefined || kind === LAUNCHING) continue;
    const runner = JSON.parse(identity) as ProcessIdentity;
    // A runner whose heart beats does what it can: a rollback under way takes its time.
    if (silence.of(each) <= (askedAt === undefined ? SILENT_MS : CANCEL_GRACE_MS) || isAlive(runner) !== true) continue;
    log.error({ deployment: id, pid: runner.pid }, "its runner gives no sign of life: ending it");
    try {
      await stopRunner(kind ?? "", id, runner.pid);
    } catch (error) {
      // The others must not wait for it; the next look tries again.
      log.error({ err: error, deployment: id }, "its runner could not be ended");
    }
  }
}

async function tellStuck({ leading, settings, log }: DispatcherParts, now: Date): Promise<void> {
  const nouns = leading();
  if (nouns === undefined) return;
  const { stuckAfterMs } = settings();
  for (const { id, phase, ...target } of await nouns.queue.noticeStuck(new Date(now.getTime() - stuckAfterMs))) {
    log.warn({ deployment: id, target: targetName(target), phase }, "stuck: its phase has not moved for too long");
  }
}

async function launch(
  { store, launcher, configFile, settings, log }: DispatcherParts,
  deployment: string,
  failures: FailedLaunches,
  poke: () => void,
): Promise<void> {
  const giveUp = async (why: string): Promise<void> => {
    // Only if no runner has taken it up.
    if ((await store.queue.revokeLeases([{ id: deployment, leaseOwner: UNADOPTED }])) > 0)
      failures.failed(deployment, why);
    poke();
  };
  // The store is busy or away: the claim runs out by itself.
  const failed = (error: unknown): void =>
    log.error({ err: error, deployment }, "the claim of a runner that is gone is kept");
  const onExit = (how: string): void => void giveUp(`it ended (${how}) before it took its deployment up`).catch(failed);
  try {
    // Beyond the deployment's own time there is its rollback's.
    await launcher.launch({ deployment, configFile, timeoutMs: 2 * settings().timeoutMs + 60_000, onExit });
  } catch (error) {
    log.error({ err: error, deployment }, "no runner could be started; trying again soon");
    await giveUp(messageOf(error)).catch(failed);
  }
}
