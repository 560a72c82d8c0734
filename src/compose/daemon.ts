import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { configDigest } from "../config/file/config-digest.ts";
import { stampOf } from "../config/file/stamp.ts";
import { loadToStart, watchConfig } from "../config/file/watch-config.ts";
import { short } from "../domain/decision.ts";
import { newId } from "../domain/id.ts";
import { watchedFolders } from "../answers/hosts/watched-folders.ts";
import { claimName } from "../hosts/claim-name.ts";
import { startPresence } from "../hosts/presence.ts";
import { hostLoad } from "../host/host-load.ts";
import { takeGivenSockets } from "../host/given-sockets.ts";
import { ownIdentity } from "../host/process-identity.ts";
import type { EventStreams } from "../http/api/events/event-streams.ts";
import { listen } from "../http/listen.ts";
import type { Listening } from "../http/listen.ts";
import { chooseLauncher } from "../launchers/choose-launcher.ts";
import type { Launcher } from "../launchers/launcher.ts";
import { createLog } from "../log.ts";
import type { Log } from "../log.ts";
import { programVersion } from "../program-version.ts";
import { watchFreezes } from "../queue/watch-freezes.ts";
import { watchStore } from "../queue/watch-store.ts";
import { watchVersion } from "../queue/watch-version.ts";
import { startReloader } from "../reloading/reloader.ts";
import type { Reloader } from "../reloading/reloader.ts";
import { findTroubles, needRestart } from "../reloading/troubles.ts";
import type { Store } from "../store/store.ts";
import { openStore } from "../store/store.ts";
import type { HostClaim } from "../store/host-claim.ts";
import { openInbox } from "../webhooks/inbox.ts";
import type { Inbox } from "../webhooks/inbox.ts";
import { families, openApp } from "./app.ts";
import type { App } from "./app.ts";
import { askRunners } from "./asked/ask-runners.ts";
import { createReceiving } from "./create-receiving.ts";
import { holdDuties } from "./hold-duties.ts";
import { holdSettings } from "./in-force.ts";
import type { SettingsHolder } from "./in-force.ts";
import { openLocalDoors } from "./open-local-doors.ts";
import type { LocalDoors } from "./open-local-doors.ts";
import { forRunners, startDispatching } from "./start-dispatching.ts";
import { startLooking } from "./start-looking.ts";
import { startTracing } from "./start-tracing.ts";

export interface Daemon {
  readonly address: { readonly host: string; readonly port: number };
  /** Reads fraises.yaml and the secrets again. A file that cannot be loaded changes nothing. Returns at once and never throws. */
  reload(): void;
  /** Stops accepting, finishes what was accepted, and lets go of the store. Runners go on. */
  stop(): Promise<void>;
}

/** Examinations of repositories and the host only read: stopping does not wait longer for them, even if a disk does not answer. */
const LOOKS_MS = 2_000;

/** The life of the process: open, listen, dispatch; and stop. @throws ConfigError, HostUnavailable, StoreUnavailable: nothing was started then. */
export async function startDaemon(configFile: string | undefined): Promise<Daemon> {
  const sockets = takeGivenSockets(process.env, process.pid);
  const started = new Date();
  const app = await openApp(configFile);
  let claim: HostClaim | undefined;
  try {
    claim = await claimName(app.store, { name: app.config.server.name, configFile: app.config.file });
    return await startWith(app, sockets, { started, claim });
  } catch (error) {
    await claim?.release();
    await app.store.close();
    throw error;
  }
}

interface Beginning {
  readonly started: Date;
  /** The name of this host; undefined if the store is in a file. */
  readonly claim: HostClaim | undefined;
}

async function startWith(app: App, sockets: readonly number[], { started, claim }: Beginning): Promise<Daemon> {
  const { config: first, store } = app;
  const settings = holdSettings(first);
  const log = createLog((text) => settings.now().redact(text));
  const launcher = await chooseLauncher(process.env["FRAISIER_LAUNCHER"]);
  // If the daemon cannot start, nothing that was begun goes on.
  await using begun = new AsyncDisposableStack();
  const working = await startWorking(app, settings, launcher, log);
  begun.defer(async () => await working.stop());
  const { http, gate, api } = createReceiving({ ...working, store, host: app.host, settings, log });
  const address = sockets.length > 0 ? { descriptors: sockets } : first.server;
  const listening = await listen(http, address, gate);
  begun.defer(async () => await listening.close());
  const localDoors = await openLocalDoors(first.server, api, process.env["RUNTIME_DIRECTORY"]);
  begun.defer(async () => await localDoors.close());
  const id = newId();
  const registration = async (): Promise<void> => await register(app, id, listening, { started, claim });
  await registration();
  begun.move();
  const reloader = startReloader({
    store,
    daemon: id,
    read: async () => await loadToStart(first.file, families),
    replace: (config) => {
      settings.replace(config);
      working.sweeper.restart();
      working.dispatcher.poke();
    },
    troubles: async () => {
      const { config } = settings.now();
      return [...(await findTroubles(config, store)), ...needRestart(first, config), ...working.traces.troubles()];
    },
    log,
  });
  // A runner that found no daemon, as this one was not on record yet, may have brought other settings into force since they were read here.
  if ((await stampOf(first.file, first.configuration?.path)) !== first.stamp) reloader.reload();
  const startNothingMore = (): void => void Promise.all([reloader.stop(), working.rest()]);
  const stopWatching = watchVersion(working.reader, (refusal) => {
    log.error({ hint: refusal.hint }, refusal.message);
    // A process that opened this store before would only fail at its next write. Deliveries are refused by the store, and runners finish.
    startNothingMore();
  });
  const presence =
    claim &&
    startPresence({
      store,
      claim,
      host: first.server.name,
      daemon: id,
      load: async () => await hostLoad(watchedFolders(settings.now().config)),
      register: registration,
      taken: startNothingMore,
      log,
    });
  tellStart(log, settings, { listening, launcher, hasSockets: sockets.length > 0 });
  return {
    address: { host: listening.host, port: listening.port },
    reload: () => reloader.reload(),
    stop: () =>
      stopAll({ log, working, stopWatching, streams: api.streams, listening, localDoors, reloader, presence, store }),
  };
}

type Working = Awaited<ReturnType<typeof startWorking>>;

/** Starts every part that works without being asked over HTTP. */
async function startWorking(app: App, settings: SettingsHolder, launcher: Launcher, log: Log) {
  const { store, config } = app;
  const url = config.store.url.reveal();
  const stopping = new AbortController();
  // A connection of its own: a question does not wait behind a write that waits for a lock.
  const reader = await openStore(url, { host: store.host });
  // Rows of the time in which the store served one host.
  if (await store.daemons.takeUnplaced())
    log.info({ host: store.host }, "records without a host are those of this host from now on");
  const storeWatch = watchStore(reader, log);
  const forDeployments = forRunners(launcher, config, settings);
  const loadable = watchConfig(config.file, families);
  const duties = holdDuties({
    store,
    host: config.server.name,
    settings,
    led: () => sweeper.restart(),
    log,
  });
  const dispatcher = startDispatching({ app, settings, launcher: forDeployments, duties, loadable, log });
  const askRunner = askRunners({ launcher: forDeployments, config, loadable, stopping: stopping.signal, log });
  const inbox = await openDaemonsInbox(store, url, () => dispatcher.poke(), log);
  const freezes = watchFreezes({
    store,
    windows: () => settings.now().config.targets.map((target) => ({ target, freeze: target.settings.freeze })),
    log,
  });
  const { sweeper, drift, services } = startLooking({ app, settings, inbox, duties, log, signal: stopping.signal });
  const traces = startTracing({ app, reader, settings, duties, log });
  duties.begin();
  return {
    reader,
    dispatcher,
    inbox,
    sweeper,
    drift,
    services,
    traces,
    askRunner,
    /** Nothing begins any more. */
    endLooks: () => stopping.abort(),
    async rest() {
      stopping.abort();
      freezes.stop();
      await Promise.all([dispatcher.stop(), duties.stop(), traces.stop()]);
    },
    async stop() {
      stopping.abort();
      freezes.stop();
      await Promise.race([Promise.all([sweeper.stopped(), drift.stopped()]), late(LOOKS_MS)]);
      await inbox.close();
      await dispatcher.stop();
      await duties.stop();
      await traces.stop();
      await storeWatch.stop();
      await reader.close();
    },
  };
}

async function openDaemonsInbox(store: Store, url: string, onQueued: () => void, log: Log): Promise<Inbox> {
  return await openInbox({ url, host: store.host }, onQueued, ({ id, decisions }) => {
    log.warn({ delivery: id, decisions }, "recorded a delivery after its sender was answered 503");
    store.deliveries
      .recordLateAnswer(id)
      .catch((error: unknown) => log.error({ err: error }, "the late answer was not recorded"));
  });
}

/** Writes down that this daemon serves. A store that is newer than this program takes no rows. */
async function register(
  { store, config }: App,
  id: string,
  { host, port }: Listening,
  { started, claim }: Beginning,
): Promise<void> {
  if (store.onlyReads() !== undefined) return;
  const { host: machine, pid, bootId, startTime, pidNamespace } = ownIdentity();
  await store.daemons.register({
    id,
    name: config.server.name,
    labels: config.server.labels,
    hasClaimed: claim !== undefined,
    host: machine,
    pid,
    bootId,
    startTime,
    pidNamespace,
    listen: `${host}:${port}`,
    version: programVersion(),
    storeVersion: store.knownVersion,
    startedAt: started.toISOString(),
    configFile: config.file,
    configStamp: config.stamp,
    configReadAt: started.toISOString(),
    configDigest: configDigest(config.text),
    troubles: [],
  });
}

interface Started {
  readonly listening: Listening;
  readonly launcher: Launcher;
  /** systemd opened the socket. */
  readonly hasSockets: boolean;
}

function tellStart(log: Log, settings: SettingsHolder, { listening, launcher, hasSockets }: Started): void {
  const { config } = settings.now();
  const address = `${listening.host}:${listening.port}`;
  log.info(
    {
      listen: address,
      config: config.file,
      ...revisionOf(config),
      runners: launcher.name,
      targets: config.targets.length,
    },
    "fraisier serves",
  );
  if (hasSockets) log.info({ listen: address }, "systemd opened the socket: server.listen of fraises.yaml is ignored");
  if (config.targets.length === 0) log.info("no fraises yet: fraisier init writes the first one");
  for (const warning of config.warnings) log.warn({ place: `${warning.file}:${warning.line}` }, warning.message);
}

/** The revision in force, if fraises.yaml comes from git. */
function revisionOf({ configuration }: Config): { readonly configuration?: string } {
  if (configuration === undefined) return {};
  const { revision, target } = configuration;
  return { configuration: revision === undefined ? `${target}: none deployed yet` : `${target} at ${short(revision)}` };
}

interface Stopped {
  readonly log: Log;
  readonly working: Working;
  readonly streams: EventStreams;
  readonly listening: Listening;
  readonly localDoors: LocalDoors;
  readonly reloader: Reloader;
  readonly presence: ReturnType<typeof startPresence> | undefined;
  readonly store: Store;
  stopWatching(): void;
}

async function stopAll({
  log,
  working,
  stopWatching,
  streams,
  listening,
  localDoors,
  reloader,
  presence,
  store,
}: Stopped): Promise<void> {
  log.info("stopping: no new deliveries; what was accepted is finished");
  // Ends connections that hang, while requests under way are finished.
  working.endLooks();
  stopWatching();
  // They would go on for as long as their clients like.
  streams.close();
  await Promise.all([listening.close(), localDoors.close()]);
  await reloader.stop();
  await working.stop();
  await presence?.stop();
  await store.close();
}

/** Resolves after this time, and keeps no process alive. */
async function late(ms: number): Promise<void> {
  await sleep(ms, undefined, { ref: false });
}
