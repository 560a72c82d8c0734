import { setTimeout as sleep } from "node:timers/promises";
import { families, openApp } from "./app.ts";
import type { App } from "./app.ts";
import { lenderOf } from "./config/targets/code-from.ts";
import { commandEnvironment } from "./config/secrets/command-environment.ts";
import type { Target } from "./config/config.ts";
import { webhookVariables } from "./config/secrets/secrets.ts";
import { storeUrlIn } from "./config/secrets/store-url-in.ts";
import { loadToStart, watchConfig } from "./config/file/watch-config.ts";
import { HostUnavailable } from "./domain/errors.ts";
import { targetName } from "./domain/fraise.ts";
import { newId } from "./domain/id.ts";
import { forges } from "./forges/index.ts";
import { takeGivenSockets } from "./host/given-sockets.ts";
import { interruptible } from "./host/interruptible.ts";
import { ownIdentity } from "./host/process-identity.ts";
import { createGate } from "./http/gate.ts";
import { listen } from "./http/listen.ts";
import { createHttp } from "./http/server.ts";
import { holdSettings } from "./in-force.ts";
import { keptConfig } from "./kept-settings.ts";
import { launchers } from "./launchers/index.ts";
import type { Launcher } from "./launchers/launcher.ts";
import { createLog } from "./log.ts";
import { startDispatcher } from "./queue/dispatcher.ts";
import { startRetention } from "./queue/retention.ts";
import { watchStore } from "./queue/watch-store.ts";
import { watchVersion } from "./queue/watch-version.ts";
import { startReloader } from "./reloader.ts";
import { managedOf } from "./service-managers/index.ts";
import { lastRunsNow, runKey } from "./service-managers/last-runs.ts";
import type { LastRun } from "./service-managers/last-runs.ts";
import { openStore } from "./store/store.ts";
import { startDriftWatch } from "./sweep/drift-watch.ts";
import { startSweeper } from "./sweep/sweeper.ts";
import { findTroubles, needRestart, otherStore, targetFault } from "./troubles.ts";
import { programVersion } from "./program-version.ts";
import { createDeliveryCounts } from "./webhooks/delivery-counts.ts";
import { openInbox } from "./webhooks/inbox.ts";
import type { Instance } from "./webhooks/instance.ts";
import { createReceiver } from "./webhooks/receive.ts";

export interface Daemon {
  readonly address: { readonly host: string; readonly port: number };
  /** Reads fraises.yaml and the secrets again. A file that cannot be loaded changes nothing. Returns at once and never throws. */
  reload(): void;
  /** Stops accepting, finishes what was accepted, and lets go of the store. Runners go on. */
  stop(): Promise<void>;
}

/** A sweep has no forge waiting for it. */
const SWEEP_LIMITS = { storeMs: 15_000, answerMs: 20_000 };

/** Examinations of repositories and the host only read: stopping does not wait longer for them, even if a disk does not answer. */
const LOOKS_MS = 2_000;

/** The life of the process: open, listen, dispatch; and stop. @throws ConfigError, HostUnavailable, StoreUnavailable: nothing was started then. */
export async function startDaemon(configFile: string | undefined): Promise<Daemon> {
  const sockets = takeGivenSockets(process.env, process.pid);
  const started = new Date();
  const app = await openApp(configFile);
  try {
    return await startWith(app, sockets, started);
  } catch (error) {
    await app.store.close();
    throw error;
  }
}

async function startWith(
  { config: first, store, host }: App,
  sockets: readonly number[],
  started: Date,
): Promise<Daemon> {
  const settings = holdSettings(first);
  const redact = (text: string): string => settings.now().redact(text);
  const log = createLog(redact);
  const chosen = await chooseLauncher();
  const launcher: Launcher = {
    ...chosen,
    launch: (launch) =>
      chosen.launch({
        ...launch,
        store: first.store.url.reveal(),
        withheld: webhookVariables(settings.now().config),
      }),
  };
  const stopping = new AbortController();
  const { signal } = stopping;
  const machine = interruptible(host, signal);
  // A connection of its own: a question does not wait behind a write that waits for a lock.
  const reader = await openStore(first.store.url.reveal());
  const storeWatch = watchStore(reader, log);
  const loadable = watchConfig(first.file, families);
  const dispatcher = startDispatcher({
    store,
    launcher,
    stopRunner: async (kind, deployment, pid) =>
      await (launchers.find(({ name }) => name === kind) ?? launcher).stop(deployment, pid),
    configFile: first.file,
    settings: () => settings.now().queue,
    configFault: async () => {
      const { config, fault } = await loadable();
      if (config === undefined) return { kind: "configuration", problem: redact(fault) };
      return otherStore(first, config);
    },
    storeFault: async () => {
      if (await launcher.tellsStore()) return undefined;
      const { config, fault } = await loadable();
      if (config !== undefined) return otherStore(first, config);
      const isNamed = (await storeUrlIn(first.file)) === first.store.url.reveal();
      return isNamed ? undefined : { kind: "configuration", problem: redact(fault) };
    },
    targetFault: async (target, begun) => {
      const config = begun === undefined ? (await loadable()).config : await keptConfig(store, host, first.file, begun);
      return config === undefined ? undefined : await targetFault(config, targetName(target), store);
    },
    clock: host.clock,
    log,
  });
  const retention = startRetention(store, () => settings.now().config.store, log);
  const inbox = await openInbox(
    first.store.url.reveal(),
    () => dispatcher.poke(),
    ({ id, decisions }) => {
      log.warn({ delivery: id, decisions }, "recorded a delivery after its sender was answered 503");
      store
        .recordLateAnswer(id)
        .catch((error: unknown) => log.error({ err: error }, "the late answer was not recorded"));
    },
  );
  const sweeper = startSweeper({
    store,
    git: machine.git,
    record: (delivery) => inbox.record(delivery, SWEEP_LIMITS),
    settings: () => {
      const { targets, deployment } = settings.now().config;
      return { targets, intervalMs: deployment.sweep_interval };
    },
    redact,
    log,
    signal,
  });
  const drift = startDriftWatch({
    store,
    host: machine,
    targets: () => settings.now().config.targets,
    managedOf: (target) => managedOf(target.settings, machine, commandEnvironment(settings.now().config, target)),
    lenderOf,
    lastRuns: (targets) => lastRunsOf(targets, machine, commandEnvironment(settings.now().config)),
    redact,
    log,
    signal,
  });
  const deliveryCounts = createDeliveryCounts();
  const instances = (): readonly Instance[] => settings.now().instances;
  const trustedProxies = (): readonly string[] => settings.now().config.server.trusted_proxies;
  const gate = createGate(trustedProxies);
  const http = createHttp({
    receiver: createReceiver({
      forges,
      instances,
      router: (forge, reading) => settings.now().router(forge, reading),
      inbox,
      onUnlisted: (forge, repository) => sweeper.ask(forge, repository),
      counts: deliveryCounts,
      log,
    }),
    forges,
    instances,
    trustedProxies,
    gate,
    opened: () => settings.now().config.server.public,
    store: reader,
    deliveryCounts,
    version: programVersion(),
    unknownTargets: () => drift.unknownTargets(),
    log,
  });
  const stopWorking = async (): Promise<void> => {
    stopping.abort();
    await Promise.race([Promise.all([sweeper.stopped(), drift.stopped()]), late(LOOKS_MS)]);
    await inbox.close();
    await dispatcher.stop();
    await retention.stop();
    await storeWatch.stop();
    await reader.close();
  };
  const listening = await listen(http, sockets.length > 0 ? { descriptors: sockets } : first.server, gate).catch(
    async (error: unknown) => {
      await stopWorking();
      throw error;
    },
  );
  const address = `${listening.host}:${listening.port}`;
  const id = newId();
  // A store that is newer than this program takes no rows.
  if (store.onlyReads() === undefined)
    await store.registerDaemon({
      id,
      ...identity(),
      listen: address,
      version: programVersion(),
      store_version: store.knownVersion,
      started_at: started.toISOString(),
      config_file: first.file,
      config_stamp: first.stamp,
      config_read_at: started.toISOString(),
      troubles: "[]",
      reload_asked: 0,
      reload_answered: 0,
      reload_failure: "",
    });
  const reloader = startReloader({
    store,
    daemon: id,
    read: async () => await loadToStart(first.file, families),
    replace: (config) => {
      settings.replace(config);
      sweeper.restart();
      dispatcher.poke();
    },
    troubles: async () => {
      const { config } = settings.now();
      return [...(await findTroubles(config, store)), ...needRestart(first, config)];
    },
    log,
  });
  const stopWatching = watchVersion(reader, (refusal) => {
    log.error({ hint: refusal.hint }, refusal.message);
    // A process that opened this store before would only fail at its next write. Deliveries are refused by the store, and runners finish.
    stopping.abort();
    void Promise.all([reloader.stop(), dispatcher.stop(), retention.stop()]);
  });
  const { config } = settings.now();
  log.info(
    { listen: address, config: config.file, runners: launcher.name, targets: config.targets.length },
    "fraisier serves",
  );
  if (sockets.length > 0)
    log.info({ listen: address }, "systemd opened the socket: server.listen of fraises.yaml is ignored");
  if (config.targets.length === 0) log.info("no fraises yet: fraisier init writes the first one");
  for (const warning of config.warnings) log.warn({ place: `${warning.file}:${warning.line}` }, warning.message);
  return {
    address: { host: listening.host, port: listening.port },
    reload: () => reloader.reload(),
    async stop() {
      log.info("stopping: no new deliveries; what was accepted is finished");
      // Ends connections that hang, while requests under way are finished.
      stopping.abort();
      stopWatching();
      await listening.close();
      await reloader.stop();
      await stopWorking();
      await store.close();
    },
  };
}

async function chooseLauncher(): Promise<Launcher> {
  const wanted = process.env["FRAISIER_LAUNCHER"];
  for (const launcher of launchers) {
    if (wanted !== undefined && launcher.name !== wanted) continue;
    if (await launcher.isAvailable()) return launcher;
  }
  throw new HostUnavailable(`runners cannot be launched by "${wanted}" here`, {
    hint: `FRAISIER_LAUNCHER may be ${launchers.map(({ name }) => name).join(" or ")}, or unset.`,
  });
}

function identity() {
  const { host, pid, bootId, startTime, pidNamespace } = ownIdentity();
  return { host, pid, boot_id: bootId, start_time: startTime, pid_namespace: pidNamespace };
}

/** Resolves after this time, and keeps no process alive. */
async function late(ms: number): Promise<void> {
  await sleep(ms, undefined, { ref: false });
}

/** How the services of jobs ended last, by target; a job of which systemd knows nothing has no entry. */
async function lastRunsOf(
  targets: readonly Target[],
  host: App["host"],
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, LastRun>> {
  const jobs = targets.flatMap((target) =>
    target.settings.job === undefined ? [] : [{ target, job: target.settings.job }],
  );
  const runs = await lastRunsNow(
    jobs.map(({ job }) => job),
    host,
    env,
  );
  return new Map(
    jobs.flatMap(({ target, job }): [string, LastRun][] => {
      const run = runs.get(runKey(job.scope, job.service));
      return run === undefined ? [] : [[targetName(target), run]];
    }),
  );
}
