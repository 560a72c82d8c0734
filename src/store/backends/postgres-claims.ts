import { createHash } from "node:crypto";
import { Kysely, PostgresDialect, sql } from "kysely";
import type { PostgresPool } from "kysely";
import type { Client } from "pg";
import type { Tables } from "../tables.ts";
import type { Claim, ClaimLimits, OpenBackend } from "./backend.ts";

/** A server that was told nothing of the end of a connection finds it out so soon. */
const SILENCE_MS = 8_000;
/** A statement of a claim that takes longer means that its session is lost. */
const ANSWER_MS = 6_000;

/** The server's clock, as texts of the store tell times. */
const SERVER_TIME = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

interface ClaimParts {
  readonly db: Kysely<Tables>;
  /** Begins a session that belongs to nobody else. */
  connect(): Promise<Client>;
  /** Calls back with the name of each claim whose session tells that it lives. */
  onPing(listener: (name: string) => void): () => void;
  explain(error: unknown): unknown;
}

/** Names that sessions take by advisory locks. */
export function createClaims({ db, connect, onPing, explain }: ClaimParts): NonNullable<OpenBackend["onServer"]> {
  return {
    async time() {
      const { rows } = await sql<{ now: string }>`select ${sql.raw(SERVER_TIME)} as now`.execute(db);
      return rows[0]?.now ?? "";
    },
    async claim(name, limits = {}) {
      try {
        return await claim(await connect(), name, limits);
      } catch (error) {
        throw explain(error);
      }
    },
    async holderOf(name) {
      const key = sql.lit(keyOf(name));
      const { rows } = await sql<{ program: string; address: string; since: string }>`
        select a.application_name as program, coalesce(host(a.client_addr), '') as address,
          to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
        from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
          and l.database = (select oid from pg_database where datname = current_database())
          and ((l.classid::bigint << 32) | l.objid::bigint) = ${key}::bigint`.execute(db);
      return rows[0];
    },
    onPing: (name, listener) => onPing((told) => void (told === name && listener())),
  };
}

async function claim(client: Client, name: string, { idleMs = 0 }: ClaimLimits): Promise<Claim | undefined> {
  let isHeld = true;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const lose = (): void => {
    isHeld = false;
    resolve();
  };
  client.once("end", lose);
  try {
    // A session that is idle is meant to be. The kernel of the server finds out that a machine or a network is gone.
    await client.query(`select set_config('idle_session_timeout', '${idleMs}', false),
      set_config('tcp_user_timeout', '${SILENCE_MS}', false), set_config('tcp_keepalives_idle', '4', false),
      set_config('tcp_keepalives_interval', '2', false), set_config('tcp_keepalives_count', '2', false)`);
    const { rows } = await client.query(`select pg_try_advisory_lock(${keyOf(name)}) as got`);
    if (rows[0]?.["got"] !== 1) {
      await client.end();
      return undefined;
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  const end = async (): Promise<void> => {
    lose();
    await client.end().catch(() => undefined);
  };
  const session = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: poolOf(client, end) }) });
  return {
    db: session,
    serverTime: sql.raw(SERVER_TIME),
    ended,
    isHeld: () => isHeld,
    async ping() {
      await sql`select pg_notify('fraisier_claim', ${name})`.execute(session);
    },
    release: end,
  };
}

/** The one session as a pool. If it does not answer, it is lost, and so is everything that it has claimed. */
function poolOf(client: Client, end: () => Promise<void>): PostgresPool {
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    const timer = setTimeout(() => void end(), ANSWER_MS);
    try {
      return await client.query(text, [...values]);
    } finally {
      clearTimeout(timer);
    }
  };
  const session = { query, release: () => undefined } as unknown as Awaited<ReturnType<PostgresPool["connect"]>>;
  return { options: {}, connect: async () => session, end };
}

/** The number of the advisory lock that stands for a name: 64 bits of a hash, so that two names do not meet. */
function keyOf(name: string): string {
  return createHash("sha256").update(`fraisier ${name}`).digest().readBigInt64BE(0).toString();
}
