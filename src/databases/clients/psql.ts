import { UsageError } from "../../domain/errors.ts";
import type { DatabaseUrl } from "../database-url.ts";
import { holdLock } from "./hold-lock.ts";
import { rowsOf, runClient } from "./run-client.ts";
import type { ClientContext, SqlClient, SqlDatabase } from "./sql-client.ts";

/** No ~/.psqlrc, no questions, no chatter, the first error ends it. */
const PSQL = ["psql", "-X", "-q", "-w", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-"] as const;
/** Two advisory locks of each database: who migrates, and a script that runs right now ("frai", "sier"). */
const MIGRATING = "1718771049, 1";
const RUNNING = "1718771049, 2";
const QUESTION_MS = 30_000;

/** Parameters of a URL that libpq(3) reads from its environment. */
const VARIABLES: Readonly<Record<string, string>> = {
  host: "PGHOST",
  port: "PGPORT",
  user: "PGUSER",
  password: "PGPASSWORD",
  dbname: "PGDATABASE",
  options: "PGOPTIONS",
  service: "PGSERVICE",
  passfile: "PGPASSFILE",
  sslmode: "PGSSLMODE",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslrootcert: "PGSSLROOTCERT",
  sslcrl: "PGSSLCRL",
  connect_timeout: "PGCONNECT_TIMEOUT",
  channel_binding: "PGCHANNELBINDING",
  gssencmode: "PGGSSENCMODE",
  target_session_attrs: "PGTARGETSESSIONATTRS",
};

/** PostgreSQL, through psql(1). */
export const psql: SqlClient = {
  schemes: ["postgres", "postgresql"],

  open(context: ClientContext): SqlDatabase {
    const env: Record<string, string> = {
      ...variablesOf(context.url),
      PGAPPNAME: context.name.slice(0, 63),
      PGCLIENTENCODING: "UTF8",
    };
    const name = `the PostgreSQL database ${context.url.database || env["PGDATABASE"] || context.url.user}`;
    const query: SqlDatabase["query"] = async (sql) =>
      rowsOf(await runClient(context, { argv: PSQL, env, input: sql, timeoutMs: QUESTION_MS, what: `asking ${name}` }));

    return {
      name,
      query,
      transactionalDdl: true,

      async run({ sql, transaction, timeoutMs, what, onLine }) {
        await runClient(context, {
          argv: transaction ? [...PSQL, "--single-transaction"] : PSQL,
          env,
          // All on the first line, so that line numbers in errors are those of the file.
          input: `${noticesClientsEnd} ${takeLock(transaction ? "pg_advisory_xact_lock" : "pg_advisory_lock")} ${sql}`,
          timeoutMs,
          what,
          ...(onLine === undefined ? {} : { onLine }),
        });
      },

      async findTable(table) {
        const [row] = await query(
          `select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.oid = to_regclass('${table}')`,
        );
        return row?.[0];
      },

      async settle(timeoutMs) {
        await runClient(context, {
          argv: [...PSQL, "--single-transaction"],
          env,
          input: `set local lock_timeout = ${Math.max(1, Math.round(timeoutMs))}; ${takeLock("pg_advisory_xact_lock")}`,
          timeoutMs: timeoutMs + QUESTION_MS,
          what: `waiting for what a dead deployment left running in ${name}`,
        });
      },

      async empty(timeoutMs) {
        await runClient(context, {
          argv: [...PSQL, "--single-transaction"],
          env,
          input: EMPTY,
          timeoutMs,
          what: `emptying ${name}`,
        });
      },

      lock: (timeoutMs) =>
        holdLock(
          context,
          { argv: PSQL, env, input: `${STAY}\nselect pg_try_advisory_lock(${MIGRATING});\n`, yes: "t", no: "f" },
          {
            name,
            timeoutMs,
            async holder() {
              const rows = await query(
                `select a.application_name, a.pid, coalesce(host(a.client_addr), 'this machine')
                 from pg_locks l join pg_stat_activity a using (pid) join pg_database d on d.oid = l.database
                 where l.locktype = 'advisory' and (l.classid, l.objid) = (${MIGRATING}) and l.granted and d.datname = current_database()`,
              );
              return rows.map(([who, pid, where]) => ` (${who || "?"}, server process ${pid}, from ${where})`).join("");
            },
          },
        ),
    };
  },
};

function takeLock(kind: string): string {
  return `do $fraisier$ begin perform pg_catalog.${kind}(${RUNNING}); end $fraisier$;`;
}

/** Settings that older servers do not have: set where they exist. */
function setWhereKnown(setting: string, value: string): string {
  return `do $fraisier$ begin perform pg_catalog.set_config('${setting}', '${value}', false) from pg_catalog.pg_settings where name = '${setting}'; end $fraisier$;`;
}

/** The server ends a statement whose client died, instead of finishing it for nobody. */
const noticesClientsEnd = setWhereKnown("client_connection_check_interval", "1000");
/** A session that only holds a lock is idle on purpose. */
const STAY = setWhereKnown("idle_session_timeout", "0");

/** Every schema of the database's own, and a public one as it comes with a new database. */
const EMPTY = `set local client_min_messages = warning;
do $fraisier$
declare name text;
begin
  for name in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
    execute format('drop schema %I cascade', name);
  end loop;
end $fraisier$;
create schema public;
grant usage on schema public to public;
`;

/** libpq reads everything from its environment: other users of the machine cannot. As in libpq, a parameter outdoes the part of the URL. */
export function variablesOf({ user, password, host, port, database, parameters }: DatabaseUrl): Record<string, string> {
  const parts = Object.entries({ user, password, host, port, dbname: database }).filter(([, value]) => value !== "");
  const variables: Record<string, string> = {};
  for (const [key, value] of [...parts, ...parameters]) {
    const variable = VARIABLES[key];
    if (variable !== undefined) variables[variable] = value;
    else if (key !== "application_name") {
      throw new UsageError(`database.url has the parameter "${key}", which fraisier cannot hand to psql`, {
        hint: `Known are: ${Object.keys(VARIABLES).join(", ")}.`,
      });
    }
  }
  return variables;
}
