import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { checkServerIdentity } from "node:tls";
import type { PeerCertificate } from "node:tls";
import { Client, types as usual } from "pg";
import type { ClientConfig } from "pg";
import type { PostgresUrl } from "../../domain/postgres-url.ts";

/** A statement that takes longer hangs, or meets a server that is out of its depth. */
const STATEMENT_MS = 60_000;
/** The server ends a statement that is late. If it is gone without a word, this process does so a little later. */
const SILENCE_MS = STATEMENT_MS + 10_000;
/** A session that waits for a lock for longer says so, like a store in a file. */
const LOCK_MS = 15_000;
/** No transaction of ours thinks for so long. */
const IDLE_IN_TRANSACTION_MS = 30_000;
/** The server notices so soon that the machine of a session is gone, and frees the locks of its transaction. A socket of this machine needs no such thing. */
const CLIENT_GONE_MS = 10_000;
const KEEPALIVE_S = 4;
const OLDEST_SERVER = 150_000;

/** The server answered, and cannot hold the store: the next host may. */
export class UnfitServer extends Error {}

/** Numbers come as numbers, and the truth of a condition as 1 or 0, as with SQLite. */
const NUMBER = (text: string): number => Number(text);
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => (text === "t" ? 1 : 0),
  20: NUMBER,
  1700: NUMBER,
};

const types: ClientConfig["types"] = {
  getTypeParser: (oid, format) => (format === "binary" ? undefined : PARSERS[oid]) ?? usual.getTypeParser(oid, format),
};

const TCP = `set_config('tcp_user_timeout', '${CLIENT_GONE_MS}', false), set_config('tcp_keepalives_idle', '${KEEPALIVE_S}', false),
      set_config('tcp_keepalives_interval', '${KEEPALIVE_S}', false), set_config('tcp_keepalives_count', '2', false),`;

/** The settings of a session that is this process's own. */
const OF_SESSION = `set_config('statement_timeout', '${STATEMENT_MS}', false), set_config('lock_timeout', '${LOCK_MS}', false),
      set_config('idle_in_transaction_session_timeout', '${IDLE_IN_TRANSACTION_MS}', false), ${TCP}
      set_config('default_transaction_isolation', 'read committed', false),
      set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end, false),`;

/** The settings of one transaction, if the next one may have another session. */
export const OF_TRANSACTION = `set transaction isolation level read committed; set local statement_timeout = ${STATEMENT_MS};
  set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};`;

/** Connects to the first of the hosts that takes writes. @throws the error of the last one if there is none. */
export async function connectToPostgres(url: PostgresUrl, timeoutMs: number): Promise<Client> {
  let failure: unknown;
  for (const { host, port } of url.hosts) {
    for (const ssl of waysOf(url, host)) {
      try {
        return await connectTo(
          {
            host,
            port,
            ssl,
            database: url.database,
            user: url.user ?? userInfo().username,
            password: url.password,
            application_name: url.applicationName ?? `fraisier@${hostname()} ${process.pid}`.slice(0, 63),
            connectionTimeoutMillis: Math.max(1, Math.min(url.connectTimeoutMs, timeoutMs)),
            query_timeout: SILENCE_MS,
            keepAlive: true,
            keepAliveInitialDelayMillis: 1_000 * KEEPALIVE_S,
            types,
          },
          url.direct !== undefined,
        );
      } catch (error) {
        failure = error;
      }
    }
  }
  throw failure;
}

/** @param isPooled the session is lent for one transaction at a time: it keeps the settings that it has. */
async function connectTo(config: ClientConfig, isPooled: boolean): Promise<Client> {
  const client = new Client(config);
  // Without a listener the error of a connection that is lost later would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query(`select ${isPooled ? "" : OF_SESSION}
      current_setting('server_version_num')::bigint as version, current_setting('server_version') as version_text,
      current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as durability,
      pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' as only_reads`);
    refuseUnfit(rows[0] ?? {}, isPooled);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

function refuseUnfit(server: Readonly<Record<string, unknown>>, isPooled: boolean): void {
  if (server["only_reads"] === 1)
    throw new UnfitServer("the server takes no writes: it is a standby, or set to read only");
  if (Number(server["version"]) < OLDEST_SERVER)
    throw new UnfitServer(`the server is PostgreSQL ${String(server["version_text"])}: fraisier needs 15 or newer`);
  // A session of one's own has set it by now.
  if (isPooled && server["durability"] === "off")
    throw new UnfitServer("the server does not wait for its disk: alter role <user> set synchronous_commit = on");
  if (server["encoding"] !== "UTF8")
    throw new UnfitServer(`the database has the encoding ${String(server["encoding"])}: create it with UTF8`);
}

/** The ways to encrypt the connection, in the order in which they are tried. A socket of this machine needs none. */
function waysOf(url: PostgresUrl, host: string): readonly ClientConfig["ssl"][] {
  if (url.tls === "disable" || host.startsWith("/")) return [false];
  const file = (path: string | undefined): string | undefined =>
    path === undefined || path === "system" ? undefined : readFileSync(path, "utf8");
  const own = { ca: file(url.rootCertificate), cert: file(url.certificate), key: file(url.key) };
  const unchecked = { ...own, rejectUnauthorized: false };
  if (url.tls === "verify-full") {
    // The name is the one in the URL, also if that is an address.
    const check = (_: string, certificate: PeerCertificate): Error | undefined =>
      checkServerIdentity(host, certificate);
    return [{ ...own, rejectUnauthorized: true, checkServerIdentity: check }];
  }
  // libpq checks the authority, but not the name, if a root certificate is given with `require`.
  if (url.tls === "verify-ca" || (url.tls === "require" && own.ca !== undefined))
    return [{ ...own, rejectUnauthorized: true, checkServerIdentity: () => undefined }];
  if (url.tls === "require") return [unchecked];
  return url.tls === "allow" ? [false, unchecked] : [unchecked, false];
}
