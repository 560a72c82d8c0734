import { newIdsFollow } from "../domain/id.ts";
import { backendOf, findBackend } from "./backend-of.ts";
import type { Migration, OpenBackend, View } from "./backends/backend.ts";
import { binder } from "./bind.ts";
import type { Bind } from "./bind.ts";
import { findBroken } from "./checking/find-broken.ts";
import { migrate } from "./migrations/migrate.ts";
import { sqliteMigrations } from "./migrations/sqlite-migrations.ts";
import { newestOf } from "./migrations/newest-of.ts";
import { newerStore } from "./newer-store.ts";
import { storeChanges } from "./nouns/store-changes.ts";
import { storeDaemons } from "./nouns/store-daemons.ts";
import { storeDatabases } from "./nouns/store-databases.ts";
import { storeHosts } from "./nouns/store-hosts.ts";
import { storeDeliveries } from "./nouns/store-deliveries.ts";
import { storeDeployments } from "./nouns/store-deployments.ts";
import { storeMeasures } from "./nouns/store-measures.ts";
import { storeQueue } from "./nouns/store-queue.ts";
import { storeSessions } from "./nouns/store-sessions.ts";
import { storeRequests } from "./nouns/store-requests.ts";
import { storeSweeps } from "./nouns/store-sweeps.ts";
import { storeTargets } from "./nouns/store-targets.ts";
import { storeTokens } from "./nouns/store-tokens.ts";
import { storeTraces } from "./nouns/store-traces.ts";
import { storeUpkeep } from "./nouns/store-upkeep.ts";
import { storeVariables } from "./nouns/store-variables.ts";
import { storeVerifications } from "./nouns/store-verifications.ts";
import { persistence } from "./persist.ts";
import type { Patience } from "./persist.ts";
import { newestId } from "./reads/newest-id.ts";
import { onServer } from "./on-server.ts";
import type { RequestKey } from "./writes/begin-request.ts";
import { answerKeeper } from "./writes/end-request.ts";
import type { Answer } from "./writes/end-request.ts";

export type Store = Awaited<ReturnType<typeof openStore>>;

/** The newest version of a store that this program knows. */
export const STORE_VERSION = newestOf(sqliteMigrations);

/** Whether there is a store already: opening makes one. @throws StoreUnavailable if that cannot be found out. */
export async function storeExists(url: string): Promise<boolean> {
  return (await findBackend(url)?.exists(url)) === true;
}

export interface StoreOptions {
  /** A runner finishes what it has begun: it goes on writing to a store that became newer, as long as its version allows that. */
  readonly finishes?: boolean;
  /** Other migrations than this program's, and the views that belong to them. */
  readonly migrations?: readonly Migration[];
  readonly views?: readonly View[];
  /** The name of the host on which this process works. It counts only if several hosts can share the store: a file serves one host. */
  readonly host?: string;
  /** How long a statement that begins now waits for a lock of another process, in milliseconds. */
  readonly patienceMs?: () => number;
}

/**
 * Everything fraisier remembers. Writes and questions stand in groups by what they are about, one file of `nouns/` each. If a newer fraisier has migrated the store,
 * or does so later, its records can be read and every write is refused.
 * @param url `sqlite:/path/to/file.db`, or `postgres://user@host/database`.
 * @throws StoreUnavailable if the store cannot be opened, or this program does not understand its records.
 */
export async function openStore(
  url: string,
  { finishes = false, host = "", migrations, views, patienceMs }: StoreOptions = {},
) {
  const opened = await backendOf(url).open(url, patienceMs);
  const backend = { ...opened, migrations: migrations ?? opened.migrations, views: views ?? opened.views };
  await prepare(backend, finishes);
  const newest = await newestId({ db: backend.db });
  if (newest !== undefined) newIdsFollow(newest);
  const { withoutSync } = backend;
  const context = { db: backend.db, host: backend.inFile === undefined ? host : "" };
  const bind = binder({ ...context, ...(withoutSync === undefined ? {} : { withoutSync }) });
  /** The nouns of the acts that people and programs ask for. */
  const acts = (each: Bind) => ({
    deliveries: storeDeliveries(each),
    queue: storeQueue(each),
    targets: storeTargets(each),
  });
  /** The nouns that a runner works with. */
  const ofRunners = (each: Bind) => ({
    ...acts(each),
    deployments: storeDeployments(each),
    verifications: storeVerifications(each),
    databases: storeDatabases(each),
    variables: storeVariables(each),
    daemons: storeDaemons(each),
  });
  const { mayComeBack } = backend;
  return {
    ...ofRunners(bind),
    /** The nouns of a runner, whose calls wait for a server that is away; undefined if no server keeps the store. */
    persisting: mayComeBack && ((patience: Patience) => ofRunners(binder(context, persistence(mayComeBack, patience)))),
    sweeps: storeSweeps(bind),
    hosts: storeHosts(bind),
    tokens: storeTokens(bind),
    sessions: storeSessions(bind),
    changes: storeChanges(bind),
    traces: storeTraces(bind),
    requests: storeRequests(bind),
    /** The nouns of acts: an act makes of its result the document that answers a request, and keeps it in its own transaction. */
    answering: (request: RequestKey, document: (result: never) => Answer | undefined) =>
      acts(binder({ ...context, keepAnswer: answerKeeper(request, document) })),
    /** The nouns of everything that only a leader does, in its term. @throws StoreUnavailable if another daemon leads by now; nothing was written then. */
    leading(term: number) {
      const each = binder({ ...context, term });
      return {
        deliveries: storeDeliveries(each),
        queue: storeQueue(each),
        sweeps: storeSweeps(each),
        upkeep: storeUpkeep(each),
      };
    },
    upkeep: storeUpkeep(bind),
    measures: storeMeasures(bind),
    // versions
    /** The number of the store's newest migration. */
    version: () => backend.version().number,
    /** The newest version of a store that this program knows. */
    knownVersion: newestOf(backend.migrations),
    /** Why every write is refused, if a newer fraisier has migrated the store. Costs a few microseconds. */
    onlyReads: () => newerStore(backend)?.refusal,
    /** Why nothing can be recorded at this moment: the store's file is gone, its disk takes nothing, its server cannot be reached. Costs microseconds. */
    unwell: () => backend.unwell(),
    // between processes
    /** Another number than before if another connection has written meanwhile. Costs microseconds. */
    writeMark: () => backend.writeMark(),
    poke: () => backend.poke(),
    onPoke: (listener: () => void) => backend.onPoke(listener),
    // the place
    /** The name of the host on which this process works; `""` if the store serves one host. */
    host: context.host,
    /** The name of the store in messages. */
    name: backend.name,
    /** The abilities of a store in a file; undefined if a server keeps the store. */
    inFile: backend.inFile,
    /** The abilities of a store that a server keeps for several hosts; undefined for a store in a file. */
    onServer: backend.onServer && onServer(backend.onServer),
    size: () => backend.size(),
    usedSize: () => backend.usedSize(),
    tidy: () => backend.tidy(),
    check: () => backend.check(),
    /** Rows that break a promise of the store. Reads whole tables. */
    findBroken: async () => await findBroken(backend),
    close: () => backend.close(),
  };
}

/** Brings an older store to this program's version, and keeps this program from writing to a newer one. */
async function prepare(backend: OpenBackend, finishes: boolean): Promise<void> {
  try {
    await migrate(backend);
    await backend.readVersion();
    const guard = (): void => {
      const newer = newerStore(backend);
      if (newer === undefined || (finishes && newer.isReadable)) return;
      backend.refuseWrites(newer.refusal);
      throw newer.refusal;
    };
    backend.guardWrites(guard);
    const newer = newerStore(backend);
    if (newer === undefined) return;
    if (!newer.isReadable) throw newer.refusal;
    if (!finishes) backend.refuseWrites(newer.refusal);
  } catch (error) {
    await backend.close();
    throw error;
  }
}
