/** How the connection to a PostgreSQL server is encrypted, in libpq's words. */
const TLS_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type TlsMode = (typeof TLS_MODES)[number];

/** Words of target_session_attrs that fraisier can keep: it always writes. */
const SESSION_ATTRIBUTES: ReadonlySet<string> = new Set(["any", "read-write", "primary"]);

const PARAMETERS = [
  "application_name",
  "connect_timeout",
  "direct_url",
  "host",
  "port",
  "sslcert",
  "sslkey",
  "sslmode",
  "sslrootcert",
  "target_session_attrs",
  "user",
];

/** The servers, the database and the user that a URL of PostgreSQL names. */
export interface PostgresUrl {
  /** At least one takes writes. A host that begins with `/` is the folder of a socket. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: TlsMode;
  /** Files: the authorities that may have signed the server's certificate, and a certificate of our own with its key. */
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly connectTimeoutMs: number;
  readonly applicationName: string | undefined;
  /** The server itself, if the URL leads to a pooler that lends a session for one transaction at a time. It has the same password. */
  readonly direct: PostgresUrl | undefined;
}

/** A URL that cannot be used, in words that do not repeat it: it may hold a password. */
export class PostgresUrlError extends Error {}

/** The folder in which Debian's PostgreSQL listens. */
const SOCKET_FOLDER = "/var/run/postgresql";
const PORT = 5432;

export function isPostgresUrl(url: string): boolean {
  return /^postgres(?:ql)?:/.test(url);
}

/** Reads a URL as libpq does: several hosts may stand in it, which the usual parsers of URLs do not understand. @throws PostgresUrlError */
export function readPostgresUrl(url: string): PostgresUrl {
  const parts = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(url);
  if (parts === null) throw new PostgresUrlError("write postgres://user@host/database");
  const [, login = "", places = "", path = "", query = ""] = parts;
  const parameters = readParameters(query);
  const [user, password] = splitAt(login, ":");
  const database = decoded(path, "the database");
  if (database === "") throw new PostgresUrlError("it names no database: write postgres://user@host/database");
  const account = {
    user: nonEmpty(decoded(user, "the user")) ?? parameters.get("user"),
    password: nonEmpty(decoded(password, "the password")),
  };
  const direct = parameters.get("direct_url");
  return {
    hosts: readHosts(places, parameters),
    database,
    ...account,
    ...settingsIn(parameters),
    direct: direct === undefined ? undefined : readDirect(direct, account),
  };
}

function settingsIn(
  parameters: ReadonlyMap<string, string>,
): Pick<PostgresUrl, "tls" | "rootCertificate" | "certificate" | "key" | "connectTimeoutMs" | "applicationName"> {
  const tls = parameters.get("sslmode") ?? "prefer";
  if (!isTlsMode(tls)) throw new PostgresUrlError(`sslmode is "${tls}": write one of ${TLS_MODES.join(", ")}`);
  const attributes = parameters.get("target_session_attrs") ?? "any";
  if (!SESSION_ATTRIBUTES.has(attributes))
    throw new PostgresUrlError(
      `target_session_attrs is "${attributes}": fraisier needs a server that takes writes: write read-write`,
    );
  const seconds = Number(parameters.get("connect_timeout") ?? "5");
  if (!(seconds > 0)) throw new PostgresUrlError("connect_timeout is a number of seconds");
  return {
    tls,
    rootCertificate: parameters.get("sslrootcert"),
    certificate: parameters.get("sslcert"),
    key: parameters.get("sslkey"),
    connectTimeoutMs: seconds * 1_000,
    applicationName: parameters.get("application_name"),
  };
}

function readDirect(url: string, { user, password }: Pick<PostgresUrl, "user" | "password">): PostgresUrl {
  const direct = readPostgresUrl(url);
  if (direct.password !== undefined)
    throw new PostgresUrlError("the direct URL has a password: it is the same as for the other one, and stands there");
  return { ...direct, user: direct.user ?? user, password };
}

/** The URL with the one of the server itself, for sessions that last longer than a transaction. */
export function withDirect(url: string, direct: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}direct_url=${encodeURIComponent(direct)}`;
}

/** The URL with another password; without one if it is undefined. Other URLs stay as they are. */
export function withPassword(url: string, password: string | undefined): string {
  const parts = /^(postgres(?:ql)?:\/\/)(?:([^/?#]*)@)?(.*)$/s.exec(url);
  if (parts === null) return url;
  const [, scheme = "", login = "", rest = ""] = parts;
  const [user] = splitAt(login, ":");
  const secret = password === undefined ? "" : `:${encodeURIComponent(password)}`;
  return `${scheme}${user}${secret}${user + secret === "" ? "" : "@"}${rest}`;
}

/** The store's name in messages, without user and password. */
export function postgresName({ hosts, database }: Pick<PostgresUrl, "hosts" | "database">): string {
  const places = hosts.map(({ host, port }) => (port === PORT ? host : `${host}:${port}`));
  return `${database} on ${places.join(", ")}`;
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const each of query.split("&")) {
    if (each === "") continue;
    const [name, value] = splitAt(each, "=");
    if (!PARAMETERS.includes(name))
      throw new PostgresUrlError(`it has the parameter "${name}", which is not one of ${PARAMETERS.join(", ")}`);
    parameters.set(name, decoded(value, `the parameter ${name}`));
  }
  return parameters;
}

function readHosts(places: string, parameters: ReadonlyMap<string, string>): PostgresUrl["hosts"] {
  const named = (parameters.get("host") ?? places).split(",");
  const ports = (parameters.get("port") ?? "").split(",");
  return named.map((place, index) => {
    const text = decoded(place, "the host");
    const given = ports[index] ?? ports[0] ?? "";
    if (text.startsWith("/") || text === "") return { host: text || SOCKET_FOLDER, port: portIn(given) };
    const parts = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text);
    if (parts === null) throw new PostgresUrlError(`the host "${text}" cannot be understood: write host:port`);
    return { host: parts[1] ?? parts[2] ?? "", port: portIn(parts[3] ?? given) };
  });
}

function portIn(text: string): number {
  if (text === "") return PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new PostgresUrlError(`the port "${text}" is not a number from 1 to 65535`);
  return port;
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PostgresUrlError(`${what} has a % that begins no escape: write %25 for it`);
  }
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

function isTlsMode(text: string): text is TlsMode {
  return TLS_MODES.some((mode) => mode === text);
}
