import type { SeenServices } from "../answers/targets/seen-service.ts";
import type { Sources } from "../answers/sources.ts";
import { stampOf } from "../config/file/stamp.ts";
import type { AskRunner } from "../actions/ask-runner.ts";
import { VERBS } from "../actions/verbs.ts";
import { forges } from "../forges/index.ts";
import type { Host } from "../host/host.ts";
import { isAlive, ownIdentity } from "../host/process-identity.ts";
import type { ProcessIdentity } from "../host/process-identity.ts";
import type { ApiParts } from "../http/api/api-routes.ts";
import { createTokenCheck } from "../http/api/token-check.ts";
import { tokenDoor } from "../http/api/token-door.ts";
import { sessionDoor } from "../http/dashboard/session-door.ts";
import { createSessions } from "../http/dashboard/sessions.ts";
import { createEventStreams } from "../http/api/events/event-streams.ts";
import { createGate } from "../http/gate.ts";
import type { Gate } from "../http/gate.ts";
import { createHttp } from "../http/server.ts";
import type { Log } from "../log.ts";
import { createScrape } from "../metrics/scrape.ts";
import { programVersion } from "../program-version.ts";
import type { Store } from "../store/store.ts";
import type { DriftWatch } from "../sweep/drift-watch.ts";
import type { Sweeper } from "../sweep/sweeper.ts";
import type { TraceExport } from "../traces/export-traces.ts";
import { createDeliveryCounts } from "../webhooks/delivery-counts.ts";
import type { Inbox } from "../webhooks/inbox.ts";
import type { Instance } from "../webhooks/instance.ts";
import { createReceiver } from "../webhooks/receive.ts";
import type { SettingsHolder } from "./in-force.ts";

interface ReceivingParts {
  readonly settings: SettingsHolder;
  readonly reader: Store;
  readonly store: Store;
  readonly host: Host;
  readonly inbox: Inbox;
  readonly sweeper: Sweeper;
  readonly drift: DriftWatch;
  readonly traces: TraceExport;
  readonly askRunner: AskRunner;
  readonly services: SeenServices;
  readonly log: Log;
}

/** Makes the HTTP side of the daemon, with the settings in force, and the gate in front of it. */
export function createReceiving(parts: ReceivingParts): {
  readonly http: ReturnType<typeof createHttp>;
  readonly gate: Gate;
  readonly api: ApiParts;
} {
  const { settings, reader, store, host, inbox, sweeper, askRunner, log } = parts;
  const deliveryCounts = createDeliveryCounts();
  const instances = (): readonly Instance[] => settings.now().instances;
  const trustedProxies = (): readonly string[] => settings.now().config.server.trusted_proxies;
  const gate = createGate(trustedProxies);
  const receiver = createReceiver({
    forges,
    instances,
    router: (forge, reading) => settings.now().router(forge, reading),
    inbox,
    onUnlisted: (forge, repository) => sweeper.ask(forge, repository),
    counts: deliveryCounts,
    log,
  });
  const sources = async (): Promise<Sources> => {
    const { config } = settings.now();
    // Whether the file was changed since it was read is asked of the file as it is now.
    return { config: { ...config, stamp: await stampOf(config.file, config.configuration?.path) }, store: reader };
  };
  const streams = createEventStreams({ store: reader, sources, log });
  const api: ApiParts = {
    version: programVersion(),
    sources,
    streams,
    verbs: VERBS,
    acting: () => ({ config: settings.now().config, store, host, instances: instances(), askRunner }),
    owner: JSON.stringify(ownIdentity()),
    isDead: (owner) => isAlive(JSON.parse(owner) as ProcessIdentity) === false,
    redact: (text) => settings.now().redact(text),
    gate,
    trustedProxies,
    log,
  };
  const scrape = scrapeOf({ ...parts, gate, deliveryCounts, streams });
  const tokens = createTokenCheck({ reader, writer: store, trustedProxies, log });
  const sessions = createSessions({ reader, writer: store, tokens });
  const http = createHttp({
    ...api,
    receiver,
    forges,
    instances,
    trustedProxies,
    gate,
    opened: () => settings.now().config.server.public,
    status: () => ({ config: settings.now().config, store: reader, services: parts.services }),
    store: reader,
    door: sessionDoor(tokenDoor(tokens), sessions),
    sessions,
    tokens,
    scrape,
  });
  return { http, gate, api };
}

interface Measured extends Pick<ReceivingParts, "reader" | "settings" | "drift" | "traces"> {
  readonly gate: Gate;
  readonly deliveryCounts: ReturnType<typeof createDeliveryCounts>;
  readonly streams: ReturnType<typeof createEventStreams>;
}

/** The metrics of the daemon, with the settings in force. */
function scrapeOf({
  reader,
  settings,
  drift,
  traces,
  gate,
  deliveryCounts,
  streams,
}: Measured): ReturnType<typeof createScrape> {
  return createScrape({
    store: reader,
    daemon: () => ({
      version: programVersion(),
      deliveries: deliveryCounts.list(),
      unrecordedRefusals: deliveryCounts.unrecorded(),
      eventStreams: streams.counts(),
      refusedConnections: gate.refusedConnections(),
      unknownTargets: drift.unknownTargets(),
      traces: traces.counts(),
      forges: settings.now().instances.map(({ name }) => name),
      targets: settings.now().config.targets,
    }),
  });
}
