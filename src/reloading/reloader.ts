import type { Config } from "../config/config.ts";
import { configDigest } from "../config/file/config-digest.ts";
import { ConfigError } from "../domain/errors.ts";
import type { ReloadFailure, Trouble } from "../domain/trouble.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import { messageOf } from "../domain/message-of.ts";

export interface ReloaderParts {
  readonly store: Pick<Store, "daemons" | "onlyReads">;
  /** The daemon whose row in the store is updated. */
  readonly daemon: string;
  /** Loads and checks everything that is to be brought into force. */
  read(): Promise<Config>;
  /** Brings it into force. */
  replace(config: Config): void;
  /** The troubles: parts that do not work now while the rest does. */
  troubles(): Promise<readonly Trouble[]>;
  readonly log: Log;
}

export interface Reloader {
  /** Reads the settings again. Calls that come while it reads lead to one more reading. Never throws. */
  reload(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** How often it is asked whether a missing secret is there by now. */
const TROUBLES_MS = 2_000;

/** Reads the settings again when it is asked to, and tells in the store how that went and what does not work. */
export function startReloader(parts: ReloaderParts): Reloader {
  const { store, daemon, log } = parts;
  let wanted = false;
  let stopped = false;
  let told = "";
  let underWay = Promise.resolve();

  /** Looks for troubles, and logs them if they are others than those told last. */
  const findTroubles = async (): Promise<{ readonly troubles: readonly Trouble[]; readonly areNew: boolean }> => {
    const troubles = await parts.troubles();
    const text = JSON.stringify(troubles);
    const areNew = text !== told;
    if (areNew)
      for (const { message } of troubles) log.warn({ trouble: message }, "part of fraises.yaml does not work");
    told = text;
    return { troubles, areNew };
  };
  const readAgain = async (): Promise<void> => {
    wanted = false;
    // Asked before the files are read: whoever asks later wants them read again.
    const asked = (await store.daemons.all()).find(({ id }) => id === daemon)?.reloadAsked ?? 0;
    const at = new Date().toISOString();
    let config: Config;
    try {
      config = await parts.read();
      parts.replace(config);
    } catch (error) {
      log.error({ err: error, problems: problemsOf(error) }, "the reload failed and changed nothing");
      await store.daemons.tell(daemon, { reload: { answered: asked, failure: failure(error, at) } });
      return;
    }
    const { troubles } = await findTroubles();
    log.info("reloaded: the settings of fraises.yaml are in force");
    await store.daemons.tell(daemon, {
      troubles,
      config: { stamp: config.stamp, readAt: at, digest: configDigest(config.text), labels: config.server.labels },
      reload: { answered: asked, failure: undefined },
    });
  };
  /** Readings go one after the other, whatever asks for them. */
  const next = (work: () => Promise<void>): void => {
    underWay = underWay.then(work).catch((error: unknown) => log.error({ err: error }, "the store could not be told"));
  };

  const tellAnew = async (): Promise<void> => {
    // A store that is newer than this program cannot be told; the daemon says so elsewhere.
    if (store.onlyReads() !== undefined) return;
    const { troubles, areNew } = await findTroubles();
    if (areNew) await store.daemons.tell(daemon, { troubles });
  };

  const timer = setInterval(() => next(tellAnew), TROUBLES_MS);
  next(tellAnew);
  return {
    reload() {
      if (wanted || stopped || store.onlyReads() !== undefined) return;
      wanted = true;
      next(readAgain);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await underWay;
    },
  };
}

function failure(error: unknown, at: string): ReloadFailure {
  const message = messageOf(error);
  return { at, message, problems: problemsOf(error) };
}

function problemsOf(error: unknown): ReloadFailure["problems"] {
  return error instanceof ConfigError ? error.problems : [];
}
