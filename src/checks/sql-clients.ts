import { mysqlOptions, mysqlPassword } from "../databases/clients/mysql-session.ts";
import { variablesOf } from "../databases/clients/psql.ts";
import { readingOptions } from "../databases/clients/sqlite-reading.ts";
import { parseDatabaseUrl } from "../databases/database-url.ts";
import type { DatabaseUrl } from "../databases/database-url.ts";
import { UsageError } from "../domain/errors.ts";
import { parseCsv } from "./csv.ts";

/** The call of a client program. Its arguments hold no secret; the query goes to its standard input. */
export interface SqlCall {
  readonly argv: readonly string[];
  /** Variables beside the environment of every command. */
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  /** Reads the program's output as rows of texts; null for NULL. */
  rows(stdout: string): readonly Row[] | Promise<readonly Row[]>;
}

export type Row = readonly (string | null)[];

/** The call that asks a query of the database a URL names, in a transaction that may only read. @throws UsageError for a URL no client is known for. */
export function sqlCall(url: string, query: string): SqlCall {
  const parsed = parseDatabaseUrl(url);
  const client = CLIENTS[parsed.scheme];
  if (client === undefined) {
    throw new UsageError(`no client is known for a database URL that starts with "${parsed.scheme}:"`, {
      hint: `Known are ${Object.keys(CLIENTS).join(", ")}.`,
    });
  }
  // fraisier ends the query itself: a comment in its last line must not swallow the end.
  return client(parsed, query.trim().replace(/;+$/, ""));
}

const CLIENTS: Readonly<Record<string, (url: DatabaseUrl, query: string) => SqlCall>> = {
  postgres: psql,
  postgresql: psql,
  sqlite: sqlite3,
  mysql,
  mariadb: mysql,
};

/** Stands for NULL in what clients print. */
const NULL = "\\N";

function psql(url: DatabaseUrl, query: string): SqlCall {
  const env = { PGCONNECT_TIMEOUT: "10", PGAPPNAME: "fraisier", PGCLIENTENCODING: "UTF8", ...variablesOf(url) };
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

function sqlite3({ database: path }: DatabaseUrl, query: string): SqlCall {
  return {
    argv: [
      "sqlite3",
      "-init",
      "/dev/null",
      "-batch",
      "-bail",
      "-csv",
      "-noheader",
      "-nullvalue",
      NULL,
      ...readingOptions(path),
    ],
    env: {},
    input: `.timeout 5000\n${query}\n;\n`,
    rows: csvRows,
  };
}

function mysql(url: DatabaseUrl, query: string): SqlCall {
  const { database } = url;
  return {
    argv: [
      "mysql",
      "--batch",
      "--skip-column-names",
      "--connect-timeout=10",
      ...mysqlOptions(url),
      ...(database === "" ? [] : [`--database=${database}`]),
    ],
    env: mysqlPassword(url),
    input: `start transaction read only;\n${query}\n;\nrollback;\n`,
    rows: (stdout) =>
      stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => line.split("\t").map((cell) => (cell === "NULL" ? null : unescaped(cell)))),
  };
}

async function csvRows(stdout: string): Promise<readonly Row[]> {
  return (await parseCsv(stdout)).map((row) => row.map((cell) => (cell === NULL ? null : cell)));
}

/** `--batch` writes tabs, line breaks and backslashes of a value so that a row stays one line. */
function unescaped(cell: string): string {
  return cell.replaceAll(/\\([tn0\\])/g, (_, letter: string) => ({ t: "\t", n: "\n", "0": "\0" })[letter] ?? "\\");
}
