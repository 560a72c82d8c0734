import {
  CompiledQuery,
  HandleEmptyInListsPlugin,
  Kysely,
  PostgresDialect,
  replaceWithNoncontingentExpression,
  sql,
} from "kysely";
import type { Client } from "pg";
import type { StoreUnavailable } from "../../domain/errors.ts";
import { postgresName, readPostgresUrl } from "../../domain/postgres-url.ts";
import { postgresMigrations } from "../migrations/postgres-migrations.ts";
import type { Tables } from "../tables.ts";
import { postgresViews } from "../views/postgres-views.ts";
import { COPY_TABLE } from "../copy-tables.ts";
import type { OpenBackend } from "./backend.ts";
import { createClaims } from "./postgres-claims.ts";
import { connectToPostgres } from "./postgres-client.ts";
import { postgresChecking } from "./postgres-checking.ts";
import { postgresCopying } from "./postgres-copying.ts";
import { gated } from "./postgres-dialect.ts";
import { explainPostgres, isUnreachable, mayComeBack } from "./postgres-errors.ts";
import { createPostgresGate } from "./postgres-gate.ts";
import { createPokes } from "./postgres-pokes.ts";
import { createPool } from "./postgres-pool.ts";
import { totalSize, usedSize } from "./postgres-size.ts";
import { watchServer } from "./postgres-watch.ts";

/** A server that is out of reach for longer is not coming back soon: whoever asked hears it. */
const PATIENCE_MS = 15_000;

const HISTORY = `create table tb_store_migration (
  number bigint primary key not null, name text collate "C" not null, checksum text collate "C" not null,
  writable_from bigint not null, program text collate "C" not null, applied_at text collate "C" not null)`;

const REMEDIES = {
  startAnew: "name another database in store.url of fraises.yaml, in which fraisier begins with an empty store",
  goBack: "restore a backup of the database that was made before the upgrade (pg_restore)",
};

/** Whether the database has a store. @throws StoreUnavailable if the server cannot be asked. */
export async function existsOnPostgres(url: string): Promise<boolean> {
  const read = readPostgresUrl(url);
  try {
    const client = await connectToPostgres(read, read.connectTimeoutMs);
    try {
      const { rows } = await client.query("select to_regclass('tb_store_migration') is not null as found");
      return rows[0]?.["found"] === 1;
    } finally {
      await client.end();
    }
  } catch (error) {
    throw explainPostgres(error, postgresName(read)) ?? error;
  }
}

export function openPostgres(url: string, patienceMs: () => number = () => PATIENCE_MS): OpenBackend {
  const read = readPostgresUrl(url);
  const name = postgresName(read);
  const explained = (error: unknown): StoreUnavailable | undefined => explainPostgres(error, name);
  // Work that lasts longer than a transaction needs a session of its own.
  const own = read.direct ?? read;
  const connect = async (): Promise<Client> => await connectToPostgres(own, own.connectTimeoutMs);
  const server = watchServer(connect, explained);
  const gate = createPostgresGate({ isPooled: read.direct !== undefined, patienceMs, server, explained });
  const pool = createPool({
    connect: async (timeoutMs) => await connectToPostgres(read, timeoutMs),
    patienceMs,
    mayPass: isUnreachable,
    lost: () => server.lost(),
  });
  const db = new Kysely<Tables>({
    dialect: gated(new PostgresDialect({ pool }), gate),
    // SQLite takes an empty list of values, and PostgreSQL does not.
    plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })],
  });
  const pokes = createPokes({
    db,
    connect,
    // A server that cannot be asked now is asked by the next transaction.
    migrated: () => void gate.readVersion(db).catch(() => undefined),
    lost: () => server.lost(),
  });
  return {
    db,
    name,
    migrations: postgresMigrations,
    historySql: HISTORY,
    views: postgresViews,
    remedies: REMEDIES,
    contents,
    copying: postgresCopying(name, read.direct !== undefined),
    checking: postgresChecking,
    runScript: async (tx, text) => void (await tx.executeQuery(CompiledQuery.raw(text))),
    version: () => gate.version(),
    readVersion: async () => await gate.readVersion(db),
    setVersion: async (tx) => void (await sql`select pg_notify('fraisier_version', '')`.execute(tx)),
    guardWrites: (guard) => gate.guard(guard),
    refuseWrites: (error) => gate.refuse(error),
    unwell: () => server.fault(),
    mayComeBack,
    inFile: undefined,
    onServer: createClaims({
      db,
      connect,
      onPing: (listener) => pokes.onPing(listener),
      explain: (error) => explained(error) ?? error,
    }),
    writeMark: () => pokes.writeMark(),
    poke: () => pokes.poke(),
    onPoke: (listener) => pokes.onPoke(listener),
    check: async () => await brokenIndexes(db),
    size: async () => await totalSize(db),
    usedSize: async () => await usedSize(db),
    // The server's autovacuum does it.
    tidy: async () => undefined,
    async close() {
      await pokes.stop();
      server.stop();
      await db.destroy();
    },
  };
}

async function contents(db: Kysely<Tables>): ReturnType<OpenBackend["contents"]> {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE'`.execute(db);
  if (rows.some(({ name }) => name === "tb_store_migration")) return "a store";
  if (rows.some(({ name }) => name === COPY_TABLE)) return "part of a copy";
  return rows.length > 0 ? "something else" : "nothing";
}

async function brokenIndexes(db: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select i.indexrelid::regclass::text as name from pg_index i
    join pg_class c on c.oid = i.indrelid
    where c.relnamespace = current_schema()::regnamespace and not (i.indisvalid and i.indisready)`.execute(db);
  return rows.map(({ name }) => `the index ${name} is not valid: reindex index ${name}`);
}
