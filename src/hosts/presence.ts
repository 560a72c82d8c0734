import type { HostLoad } from "../host/host-load.ts";
import type { Log } from "../log.ts";
import type { HostClaim } from "../store/host-claim.ts";
import type { Store } from "../store/store.ts";

/** A host that was silent for three of these is shown as silent (domain/known-host.ts). */
const SIGN_MS = 10_000;
/** Between two attempts to take the name again. */
const AGAIN_MS = 2_000;

interface PresenceParts {
  readonly store: Pick<Store, "daemons" | "onServer" | "onlyReads">;
  readonly claim: HostClaim;
  /** The name of this host. */
  readonly host: string;
  readonly daemon: string;
  load(): Promise<HostLoad>;
  /** Registers this daemon again: its host was forgotten while it was out of reach. */
  register(): Promise<void>;
  /** Another daemon has taken the name while this one was out of reach: this one must start nothing more. */
  taken(): void;
  readonly log: Log;
}

/** Gives signs of life, and takes the name of the host again if the connection that has it is lost. */
export function startPresence(parts: PresenceParts): { stop(): Promise<void> } {
  const { store, host, daemon, log } = parts;
  let { claim } = parts;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();

  const next = (ms: number): void => {
    clearTimeout(timer);
    if (isStopped) return;
    timer = setTimeout(() => {
      underWay = underWay.then(turn);
    }, ms);
  };
  const watch = async (): Promise<void> => {
    await claim.ended;
    next(0);
  };
  /** Whether this daemon has the name (again). */
  const take = async (): Promise<boolean> => {
    const again = await store.onServer?.claimHost(host);
    if (again === undefined) {
      // The server may not have noticed yet that the lost connection of this process is gone.
      const rival = (await store.daemons.all()).find((each) => each.name === host && each.id !== daemon);
      if (rival === undefined) return false;
      isStopped = true;
      log.error(
        { host, process: rival.pid, machine: rival.host },
        "another daemon has taken the name of this host: this one starts nothing more, and has to be stopped",
      );
      parts.taken();
      return false;
    }
    claim = again;
    void watch();
    log.info({ host }, "the name of this host is taken again");
    return true;
  };
  const turn = async (): Promise<void> => {
    try {
      if (!claim.isHeld() && !(await take())) return next(AGAIN_MS);
      const { loadPercent, freeBytes } = await parts.load();
      const isKnown = await claim.giveSign({ daemon, loadPercent, freeBytes });
      if (!isKnown && store.onlyReads() === undefined) {
        await parts.register();
        return next(AGAIN_MS);
      }
      next(SIGN_MS);
    } catch (error) {
      // The watch of the store tells of a server that is away.
      log.debug({ err: error }, "no sign of life could be given");
      next(AGAIN_MS);
    }
  };

  void watch();
  next(0);
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await underWay;
      await claim.release();
    },
  };
}
