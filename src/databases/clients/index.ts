import { UsageError } from "../../domain/errors.ts";
import { parseDatabaseUrl } from "../database-url.ts";
import { mysql } from "./mysql.ts";
import { psql } from "./psql.ts";
import type { ClientContext, SqlClient, SqlDatabase } from "./sql-client.ts";
import { sqlite3 } from "./sqlite3.ts";

/** Every engine's client fraisier speaks to. */
const sqlClients: readonly SqlClient[] = [psql, sqlite3, mysql];

/** The database a URL names. @throws UsageError for an engine we do not know. */
export function openDatabase(url: string, context: Omit<ClientContext, "url">): SqlDatabase {
  const parsed = parseDatabaseUrl(url);
  const client = sqlClients.find(({ schemes }) => schemes.includes(parsed.scheme));
  if (client === undefined) {
    throw new UsageError(`database.url names the engine "${parsed.scheme}", which fraisier has no client for`, {
      hint: `Known are: ${sqlClients.flatMap(({ schemes }) => schemes).join(", ")}.`,
    });
  }
  return client.open({ ...context, url: parsed });
}
