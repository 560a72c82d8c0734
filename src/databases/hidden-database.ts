import { dirname } from "node:path";
import type { DatabaseSettings } from "../config/keys/database-settings.ts";
import type { SandboxSettings } from "../config/keys/sandbox-settings.ts";
import { FraisierError } from "../domain/errors.ts";
import type { Processes } from "../host/processes.ts";
import { sandboxObstacle } from "../sandbox/confine.ts";
import type { ConfinedTarget } from "../sandbox/confine.ts";
import type { Obstacle } from "../service-managers/obstacle.ts";
import { parseDatabaseUrl } from "./database-url.ts";
import { liesWithin } from "../domain/lies-within.ts";

/** The folder that libpq(3) of Debian uses if a URL names no host. */
const POSTGRES_SOCKETS = "/run/postgresql";

/** The socket that mysql(1) of Debian uses for `localhost`. */
const MYSQL_SOCKET = "/run/mysqld/mysqld.sock";

interface Seen {
  readonly sandbox: SandboxSettings;
  /** Folders of the target that commands may write to. */
  readonly folders: readonly string[];
  /** The host of PostgreSQL that the environment of commands names. */
  readonly host?: string | undefined;
  /** The migration tool: drivers of other tools than `sql` may take `localhost` for an address. */
  readonly tool: string;
}

interface Migrated extends Pick<ConfinedTarget, "settings"> {
  readonly settings: ConfinedTarget["settings"] & { readonly database: DatabaseSettings | undefined };
}

/** Whether migrations of the target, if they run in a sandbox, reach the database that its settings name. */
export async function databaseObstacle(
  processes: Processes,
  target: Migrated,
  env: Readonly<Record<string, string>>,
  folders: readonly string[],
): Promise<Obstacle | undefined> {
  const { sandbox, database } = target.settings;
  if (sandbox.mode === "off" || database?.url === undefined) return undefined;
  if ((await sandboxObstacle(processes, target)) !== undefined) return undefined;
  try {
    return hiddenDatabase(database.url.reveal(env), { sandbox, folders, host: env["PGHOST"], tool: database.tool });
  } catch (error) {
    // A URL that is missing or not understood is told by what uses it.
    if (error instanceof FraisierError) return undefined;
    throw error;
  }
}

/**
 * Pure: what a migration in the sandbox lacks to reach its database, by the database's URL: a socket or a file that the sandbox does not show. Known before
 * anything is built, so that no revision is blamed for it.
 */
export function hiddenDatabase(
  url: string,
  { sandbox, folders, host: given = POSTGRES_SOCKETS, tool }: Seen,
): Obstacle | undefined {
  const { scheme, database } = parseDatabaseUrl(url);
  const { sockets, paths } = sandbox.allow;
  if (scheme === "sqlite") {
    const writable = [...folders, ...paths.filter((each) => each.writable).map(({ path }) => path)];
    if (writable.some((each) => liesWithin(database, each))) return undefined;
    return {
      problem: `database.url names ${database}, which migrations in the sandbox do not see`,
      hint: `Name its folder in fraises.yaml: allow: { paths: [{ path: ${dirname(database)}, writable: true }] }; or keep the file in \`shared\`.`,
    };
  }
  const shown = [...sockets, ...paths.map(({ path }) => path)].map((each) => each.replace(/^\/var\/run\//, "/run/"));
  const place = socketOf(url, { given, tool, isSure: shown.length === 0 }).replace(/^\/var\/run\//, "/run/");
  if (
    !place.startsWith("/") ||
    shown.some((each) => liesWithin(place, each)) ||
    shown.some((each) => dirname(each) === place)
  )
    return undefined;
  return {
    problem: `database.url leads to a socket in ${place}, which migrations in the sandbox do not see`,
    hint: `Name it in fraises.yaml: allow: { sockets: [${place}] }; or use a URL with 127.0.0.1.`,
  };
}

interface Clients {
  /** The place that psql(1) takes if the URL names none. */
  readonly given: string;
  readonly tool: string;
  readonly isSure: boolean;
}

/** The place of the socket, or the address, that the client of a database connects to; `""` for other databases. */
function socketOf(url: string, { given, tool, isSure }: Clients): string {
  const { scheme, host, parameters } = parseDatabaseUrl(url);
  if (["mysql", "mariadb"].includes(scheme)) return mysqlSocket(url, tool, isSure);
  if (!["postgres", "postgresql"].includes(scheme)) return "";
  return parameters.get("host") ?? (host === "" ? given : host);
}

/**
 * The socket that mysql(1) uses for a URL; `""` if it uses an address, or another program speaks to the database. The place of an unnamed socket is a guess,
 * which counts only if the sandbox shows no socket at all.
 */
function mysqlSocket(url: string, tool: string, isSure: boolean): string {
  const { host, port, parameters } = parseDatabaseUrl(url);
  if (tool !== "sql" || !["", "localhost"].includes(host) || port !== "") return "";
  return parameters.get("socket") ?? (isSure ? MYSQL_SOCKET : "");
}
