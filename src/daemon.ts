import { createAdaptorServer } from "@hono/node-server";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { families, freezesOf, missingSecrets, openApp } from "./app.ts";
import type { App } from "./app.ts";
import { commandEnvironment } from "./config/command-environment.ts";
import { watchFault } from "./config/watch-fault.ts";
import { lendersOf } from "./config/code-from.ts";
import { secretValues, webhookVariables } from "./config/secrets.ts";
import type { Config } from "./config/config.ts";
import { ConfigError, HostUnavailable } from "./domain/errors.ts";
import { newId } from "./domain/id.ts";
import { redactor } from "./domain/redact.ts";
import { forges } from "./forges/index.ts";
import type { ForgeSecrets } from "./forges/forge.ts";
import { ownIdentity } from "./host/process-identity.ts";
import { createHttp } from "./http/server.ts";
import { launchers } from "./launchers/index.ts";
import type { Launcher } from "./launchers/launcher.ts";
import { createLog } from "./log.ts";
import { startDispatcher } from "./queue/dispatcher.ts";
import { startRetention } from "./queue/retention.ts";
import { watchVersion } from "./queue/watch-version.ts";
import { createRouter } from "./routing/route.ts";
import { managedOf } from "./service-managers/index.ts";
import { openStore } from "./store/store.ts";
import { startDriftWatch } from "./sweep/drift-watch.ts";
import { startSweeper } from "./sweep/sweeper.ts";
import { programVersion } from "./program-version.ts";
import { openInbox } from "./webhooks/inbox.ts";
import { createReceiver } from "./webhooks/receive.ts";

export interface Daemon {
  readonly address: { readonly host: string; readonly port: number };
  /** Stops accepting, finishes what was accepted, and lets go of the store. Runners go on. */
  stop(): Promise<void>;
}

/** The life of the process: open, listen, dispatch; and stop. @throws ConfigError, HostUnavailable, StoreUnavailable: nothing was started then. */
export async function startDaemon(configFile: string | undefined): Promise<Daemon> {
  const app = await openApp(configFile);
  const { config, store } = app;
  try {
    const problems = await missingSecrets(config, store);
    if (problems.length > 0) throw new ConfigError(`${config.file} names secrets that are not there`, problems);
    return await startWith(app);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startWith({ config, store, host: machine }: App): Promise<Daemon> {
  const redact = redactor(secretValues(config));
  const log = createLog(redact);
  const chosen = await chooseLauncher();
  const launcher: Launcher = {
    ...chosen,
    launch: (launch) => chosen.launch({ ...launch, withheld: webhookVariables(config) }),
  };
  // A connection of its own: who asks how things are does not wait behind a write that waits for a lock.
  const reader = await openStore(config.store.url.reveal());
  const fault = watchFault(config.file, families);
  const dispatcher = startDispatcher({
    store,
    launcher,
    stopRunner: async (kind, deployment, pid) =>
      await (launchers.find(({ name }) => name === kind) ?? launcher).stop(deployment, pid),
    configFile: config.file,
    concurrency: config.deployment.concurrency,
    stuckAfterMs: config.deployment.stuck_after,
    freezeOf: freezesOf(config),
    configFault: async () => redact((await fault()) ?? "") || undefined,
    timeoutMs: Math.max(config.deployment.timeout, ...config.targets.map(({ settings }) => settings.timeout)),
    lenderOf: lendersOf(config.targets),
    log,
  });
  const retention = startRetention(store, config.store, log);
  const inbox = await openInbox(config.store.url.reveal(), () => dispatcher.poke());
  const sweeper = startSweeper({
    store,
    git: machine.git,
    record: (delivery) => inbox.record(delivery),
    targets: config.targets,
    intervalMs: config.deployment.sweep_interval,
    redact,
    log,
  });
  const drift = startDriftWatch({
    store,
    host: machine,
    targets: config.targets,
    managedOf: ({ settings }) => managedOf(settings, machine, commandEnvironment(config)),
    redact,
    log,
  });
  const receiver = createReceiver({
    forges,
    secretsOf: secretsByForge(config),
    router: createRouter(config.targets),
    inbox,
  });
  const http = createHttp({
    receiver,
    forges,
    configuredForges: Object.keys(config.forges),
    trustedProxies: config.server.trusted_proxies,
    store: reader,
    version: programVersion(),
    log,
  });
  // The adaptor's type covers HTTP/2 too; without `createServer` it makes this one.
  const server = createAdaptorServer({ fetch: http.fetch }) as Server;
  // Forges send in seconds: who takes longer holds a connection open.
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  try {
    await listen(server, config);
  } catch (error) {
    await sweeper.stop();
    await drift.stop();
    await dispatcher.stop();
    await retention.stop();
    await inbox.close();
    await reader.close();
    throw error;
  }
  const { address: host, port } = server.address() as AddressInfo;
  const stopWatching = watchVersion(reader, (refusal) => {
    log.error({ hint: refusal.hint }, refusal.message);
    // What is left would only fail at its next write. Deliveries are refused by the store, and runners finish.
    void Promise.all([sweeper.stop(), drift.stop(), dispatcher.stop(), retention.stop()]);
  });
  if (store.onlyReads() === undefined) await register(store, `${host}:${port}`);
  log.info({ listen: `${host}:${port}`, runners: launcher.name, targets: config.targets.length }, "fraisier serves");
  for (const warning of config.warnings) log.warn({ place: `${warning.file}:${warning.line}` }, warning.message);
  return {
    address: { host, port },
    async stop() {
      log.info("stopping: no new deliveries; what was accepted is finished");
      stopWatching();
      await closeServer(server);
      await sweeper.stop();
      await drift.stop();
      await inbox.close();
      await dispatcher.stop();
      await retention.stop();
      await reader.close();
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

/** Revealed once: the hot path does not read files. */
function secretsByForge(config: Config): (forge: string) => ForgeSecrets {
  const revealed = new Map(
    Object.entries(config.forges).map(([name, settings]): [string, ForgeSecrets] => [
      name,
      {
        secrets: settings.secrets.map((secret) => secret.reveal()),
        signingTokens: settings.signing_tokens.map((secret) => secret.reveal()),
      },
    ]),
  );
  return (forge) => revealed.get(forge) ?? { secrets: [], signingTokens: [] };
}

function listen(server: Server, { server: { host, port } }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const what =
        error.code === "EADDRINUSE"
          ? `port ${port} on ${host} is in use`
          : `cannot listen on ${host}:${port}: ${error.message}`;
      reject(
        new HostUnavailable(what, {
          hint: `Another fraisier may be running (ss -ltnp 'sport = :${port}'); or set server.listen in fraises.yaml.`,
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

async function register(store: App["store"], address: string): Promise<void> {
  const { host, pid, bootId, startTime } = ownIdentity();
  await store.registerDaemon({
    id: newId(),
    host,
    pid,
    boot_id: bootId,
    start_time: startTime,
    listen: address,
    version: programVersion(),
    store_version: store.knownVersion,
    started_at: new Date().toISOString(),
  });
}

/** Requests under way get five seconds; then their connections are cut, and their senders see an error and deliver again. */
async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), 5_000);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(cut);
}
