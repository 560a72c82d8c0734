import { setTimeout as sleep } from "node:timers/promises";
import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import { ownIdentity } from "../host/process-identity.ts";
import type { Log } from "../log.ts";
import type { Launcher } from "../launchers/launcher.ts";
import type { Store } from "../store/store.ts";
import { findDead } from "./find-dead.ts";

/** Starts what is queued and takes up what died: one running deployment per target, `concurrency` in all. */
export interface Dispatcher {
  /** Something changed in the queue: look now. Never throws, returns at once. */
  poke(): void;
  /** Waits for the look that is under way. Runners go on: they are processes of their own. */
  stop(): Promise<void>;
}

export interface DispatcherParts {
  readonly store: Store;
  readonly launcher: Launcher;
  readonly configFile: string;
  readonly concurrency: number;
  /** Longest that any deployment may take, milliseconds. */
  readonly timeoutMs: number;
  /** The target whose code another one runs: while it has something queued or running, the other one waits. */
  lenderOf(target: TargetKey): TargetKey | undefined;
  readonly log: Log;
}

/** A runner that was launched must have taken its deployment up by then. */
const LAUNCH_LEASE_MS = 20_000;
/** Nobody needs it while pokes arrive; it finds runners that died without a word. */
const INTERVAL_MS = 2_000;
/** Between two looks: the first poke is heard at once, a storm of them costs twenty looks a second. */
const PAUSE_MS = 50;

export function startDispatcher(parts: DispatcherParts): Dispatcher {
  let underWay: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const look = async (): Promise<void> => {
    do {
      again = false;
      try {
        await dispatch(parts, poke);
      } catch (error) {
        // The store is busy or away: the next look tries again, and nothing was half done, as every change is one transaction.
        parts.log.error({ err: error }, "the queue could not be served");
      }
      await sleep(PAUSE_MS);
      // oxlint-disable-next-line no-unmodified-loop-condition -- pokes and stop() change both meanwhile
    } while (again && !stopped);
    underWay = undefined;
  };
  const poke = (): void => {
    if (stopped) return;
    if (underWay === undefined) underWay = look();
    else again = true;
  };

  const timer = setInterval(poke, INTERVAL_MS);
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

async function dispatch(parts: DispatcherParts, poke: () => void): Promise<void> {
  const { store, log, concurrency } = parts;
  const claimer = JSON.stringify(ownIdentity());
  const { queued, running } = await store.queueState();
  for (const dead of findDead(running, new Date())) {
    if (!(await store.reclaimDeployment(dead.id, dead.lease_owner, LAUNCH_LEASE_MS, claimer))) continue;
    log.warn({ deployment: dead.id }, "its runner died: taking it up again");
    await launch(parts, dead.id, poke);
  }
  const busy = new Set(running.map(targetName));
  const unsettled = new Set([...running, ...queued].map(targetName));
  let free = concurrency - running.length;
  for (const { id, ...target } of queued) {
    if (free <= 0) return;
    // Not tried in vain: a claim takes the store's write lock, which deliveries need.
    if (busy.has(targetName(target))) continue;
    const lender = parts.lenderOf(target);
    if (lender !== undefined && unsettled.has(targetName(lender))) continue;
    if (!(await store.claimDeployment(id, LAUNCH_LEASE_MS, claimer))) continue;
    free -= 1;
    log.info({ deployment: id }, "starting");
    await launch(parts, id, poke);
  }
}

async function launch(
  { launcher, configFile, timeoutMs, log }: DispatcherParts,
  deployment: string,
  poke: () => void,
): Promise<void> {
  try {
    // Beyond the deployment's own time there is its rollback's.
    await launcher.launch({ deployment, configFile, timeoutMs: 2 * timeoutMs + 60_000, onExit: poke });
  } catch (error) {
    // The claim runs out by itself, and then it is tried again.
    log.error({ err: error, deployment }, "no runner could be started; trying again soon");
  }
}
