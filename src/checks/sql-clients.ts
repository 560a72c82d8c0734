import { StepFailed } from "../domain/errors.ts";
import { parseCsv } from "./csv.ts";

/** How one client program is asked: nothing secret in its arguments, the query on its standard input. */
export interface SqlCall {
  readonly argv: readonly string[];
  /** Beside the environment that every command gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  /** What it prints, as rows of texts; null for NULL. */
  rows(stdout: string): readonly Row[];
}

export type Row = readonly (string | null)[];

/** The call that asks a query of the database a URL names, in a transaction that may only read. @throws StepFailed for a URL no client is known for. */
export function sqlCall(url: string, query: string): SqlCall {
  const scheme = /^([a-z][a-z0-9]*)(?:\+\w+)?:/i.exec(url)?.[1]?.toLowerCase() ?? "";
  const client = CLIENTS[scheme];
  if (client === undefined) {
    throw new StepFailed(`no client is known for a database URL that starts with "${scheme}:"`, {
      hint: `Known are ${Object.keys(CLIENTS).join(", ")}.`,
    });
  }
  // The end of a query is ours to write: a comment in its last line must not swallow it.
  return client(url, query.trim().replace(/;+$/, ""));
}

const CLIENTS: Readonly<Record<string, (url: string, query: string) => SqlCall>> = {
  postgres: psql,
  postgresql: psql,
  sqlite: sqlite3,
  sqlite3,
  mysql,
  mariadb: mysql,
};

/** Stands for NULL in what clients print. */
const NULL = "\\N";

/** libpq's environment variables for the parameters of a URL. */
const LIBPQ: Readonly<Record<string, string>> = {
  host: "PGHOST",
  port: "PGPORT",
  user: "PGUSER",
  password: "PGPASSWORD",
  dbname: "PGDATABASE",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  connect_timeout: "PGCONNECT_TIMEOUT",
  options: "PGOPTIONS",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  application_name: "PGAPPNAME",
};

function psql(url: string, query: string): SqlCall {
  const { host, port, user, password, database, parameters } = partsOf(url);
  const env: Record<string, string> = {
    PGCONNECT_TIMEOUT: "10",
    PGAPPNAME: "fraisier",
    ...(host === "" ? {} : { PGHOST: host }),
    ...(port === "" ? {} : { PGPORT: port }),
    ...(user === "" ? {} : { PGUSER: user }),
    ...(password === "" ? {} : { PGPASSWORD: password }),
    ...(database === "" ? {} : { PGDATABASE: database }),
  };
  for (const [name, value] of parameters) {
    const variable = LIBPQ[name];
    if (variable === undefined)
      throw new StepFailed(`the database URL has the parameter "${name}", which psql has no variable for`);
    env[variable] = value;
  }
  return {
    argv: [
      "psql",
      "--no-psqlrc",
      "--quiet",
      "--no-password",
      "--csv",
      "--tuples-only",
      `--pset=null=${NULL}`,
      "--set=ON_ERROR_STOP=1",
    ],
    env,
    input: `begin read only;\n${query}\n;\nrollback;\n`,
    rows: csvRows,
  };
}

function sqlite3(url: string, query: string): SqlCall {
  // sqlite:/srv/x.db, sqlite:///srv/x.db, and sqlite:////srv/x.db as SQLAlchemy writes it.
  const path = decodeURIComponent(url.replace(/^\w+:(\/\/(?=\/))?/, "").replace(/[?#].*$/, "")).replace(/^\/+/, "/");
  return {
    argv: [
      "sqlite3",
      "-init",
      "/dev/null",
      "-batch",
      "-bail",
      "-readonly",
      "-csv",
      "-noheader",
      "-nullvalue",
      NULL,
      path.startsWith("/") ? path : `./${path}`,
    ],
    env: {},
    input: `.timeout 5000\n${query}\n;\n`,
    rows: csvRows,
  };
}

function mysql(url: string, query: string): SqlCall {
  const { host, port, user, password, database, parameters } = partsOf(url);
  const socket = parameters.find(([name]) => name === "socket" || name === "unix_socket")?.[1];
  return {
    argv: [
      "mysql",
      "--batch",
      "--skip-column-names",
      "--connect-timeout=10",
      "--default-character-set=utf8mb4",
      ...(host === "" ? [] : [`--host=${host}`]),
      ...(port === "" ? [] : [`--port=${port}`]),
      ...(socket === undefined ? [] : [`--socket=${socket}`]),
      ...(user === "" ? [] : [`--user=${user}`]),
      ...(database === "" ? [] : [`--database=${database}`]),
    ],
    env: password === "" ? {} : { MYSQL_PWD: password },
    input: `start transaction read only;\n${query}\n;\nrollback;\n`,
    rows: (stdout) =>
      stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => line.split("\t").map((cell) => (cell === "NULL" ? null : unescaped(cell)))),
  };
}

function csvRows(stdout: string): readonly Row[] {
  return parseCsv(stdout).map((row) => row.map((cell) => (cell === NULL ? null : cell)));
}

/** `--batch` writes tabs, line breaks and backslashes of a value so that a row stays one line. */
function unescaped(cell: string): string {
  return cell.replaceAll(/\\([tn0\\])/g, (_, letter: string) => ({ t: "\t", n: "\n", "0": "\0" })[letter] ?? "\\");
}

interface Parts {
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** @throws StepFailed without the URL in it: it holds a password. */
function partsOf(url: string): Parts {
  const parsed = URL.parse(url);
  if (parsed === null) {
    throw new StepFailed("the database URL cannot be read", {
      hint: "It looks like postgres://user:password@host:5432/database, special characters in it %-encoded.",
    });
  }
  return {
    host: decodeURIComponent(parsed.hostname.replace(/^\[|\]$/g, "")),
    port: parsed.port,
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    parameters: [...parsed.searchParams],
  };
}
