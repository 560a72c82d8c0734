import { UsageError } from "../domain/errors.ts";

/** A database's URL in its parts, escapes resolved. Never to be printed as a whole. */
export interface DatabaseUrl {
  /** `postgresql`, `sqlite`, `mysql`; a driver after `+` is left out. */
  readonly scheme: string;
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: string;
  /** For SQLite the absolute path of the file. */
  readonly database: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** @throws UsageError that does not show the URL, as it may hold a password. */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const scheme = /^([a-z][a-z0-9]*)(\+[a-z0-9_]+)?:/i.exec(text);
  if (scheme === null) throw notUnderstood("it begins with no scheme");
  const [prefix, name = ""] = scheme;
  if (/^sqlite3?$/i.test(name)) return sqliteUrl(text.slice(prefix.length));
  let url: URL;
  try {
    url = new URL(`${name}:${text.slice(prefix.length)}`);
    return {
      scheme: name.toLowerCase(),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      host: decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, "$1")),
      port: url.port,
      database: decodeURIComponent(url.pathname.replace(/^\//, "")),
      parameters: new Map(url.searchParams),
    };
  } catch {
    // Node's error quotes the URL.
    throw notUnderstood("a password may need its special characters escaped (@ as %40, / as %2F)");
  }
}

/** `sqlite:/srv/x.db`, `sqlite:///srv/x.db` and the four slashes of SQLAlchemy: always the same absolute path. */
function sqliteUrl(rest: string): DatabaseUrl {
  const path = rest.split("?")[0] ?? "";
  if (!path.startsWith("/") || /^\/\/[^/]/.test(path))
    throw notUnderstood("the path of an SQLite file must be absolute");
  const database = path.replace(/^\/+/, "/");
  return { scheme: "sqlite", user: "", password: "", host: "", port: "", database, parameters: new Map() };
}

function notUnderstood(why: string): UsageError {
  return new UsageError(`database.url is not understood: ${why}`, {
    hint: "Write postgres://user:password@host/name, mysql://user:password@host/name or sqlite:/srv/shop/shop.db.",
  });
}
