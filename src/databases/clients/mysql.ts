import { StepFailed } from "../../domain/errors.ts";
import type { DatabaseUrl } from "../database-url.ts";
import { holdLock } from "./hold-lock.ts";
import { rowsOf, runClient } from "./run-client.ts";
import type { ClientContext, SqlClient, SqlDatabase } from "./sql-client.ts";

const QUESTION_MS = 30_000;
/** Names of locks are the server's, not the database's. */
const MIGRATING = "concat('fraisier:', left(database(), 50))";
const RUNNING = "concat('fraisier-runs:', left(database(), 48))";

/** MySQL and MariaDB, through mysql(1). DDL commits by itself there: a migration that fails half way leaves its first half. */
export const mysql: SqlClient = {
  schemes: ["mysql", "mariadb"],

  open(context: ClientContext): SqlDatabase {
    const { url } = context;
    const argv = argvOf(url);
    const env: Record<string, string> = url.password === "" ? {} : { MYSQL_PWD: url.password };
    const name = `the MySQL database ${url.database}`;
    const call = (input: string, timeoutMs: number, what: string) =>
      runClient(context, { argv, env, input, timeoutMs, what });
    const query: SqlDatabase["query"] = async (sql) => rowsOf(await call(sql, QUESTION_MS, `asking ${name}`));

    return {
      name,
      query,
      transactionalDdl: false,

      async run({ sql, timeoutMs, what, onLine }) {
        await runClient(context, {
          argv,
          env,
          input: `do get_lock(${RUNNING}, 10); ${sql}`,
          timeoutMs,
          what,
          ...(onLine === undefined ? {} : { onLine }),
        });
      },

      async findTable(table) {
        const rows = await query(
          `select table_name from information_schema.tables where table_schema = database() and table_name = '${table}'`,
        );
        return rows[0]?.[0];
      },

      async settle(timeoutMs) {
        const what = `waiting for what a dead deployment left running in ${name}`;
        const seconds = Math.ceil(timeoutMs / 1000);
        const printed = await call(`select get_lock(${RUNNING}, ${seconds});`, timeoutMs + QUESTION_MS, what);
        if (printed.trim() !== "1") throw new StepFailed(`${what}: it did not end within ${seconds} s`);
      },

      async empty(timeoutMs) {
        const quoted = `\`${url.database.replaceAll("`", "``")}\``;
        const [row] = await query(
          "select default_character_set_name, default_collation_name from information_schema.schemata where schema_name = database()",
        );
        const [characters = "utf8mb4", collation = "utf8mb4_general_ci"] = row ?? [];
        await call(
          `drop database ${quoted}; create database ${quoted} character set ${characters} collate ${collation};`,
          timeoutMs,
          `emptying ${name}`,
        );
      },

      lock: (timeoutMs) =>
        holdLock(
          context,
          {
            argv: [...argv, "--unbuffered"],
            env,
            input: `set session wait_timeout = 31536000;\nselect concat('lock ', get_lock(${MIGRATING}, 0));\n`,
            yes: "lock 1",
            no: "lock 0",
          },
          {
            name,
            timeoutMs,
            async holder() {
              const [row] = await query(`select is_used_lock(${MIGRATING})`);
              return row === undefined ? "" : ` (connection ${row[0] ?? "?"})`;
            },
          },
        ),
    };
  },
};

/** Everything but the password, which other users of the machine could read. */
function argvOf({ user, host, port, database, parameters }: DatabaseUrl): readonly string[] {
  const socket = parameters.get("socket");
  return [
    "mysql",
    "--batch",
    "--skip-column-names",
    ...(host === "" ? [] : [`--host=${host}`]),
    ...(port === "" ? [] : [`--port=${port}`]),
    ...(socket === undefined ? [] : [`--socket=${socket}`]),
    ...(user === "" ? [] : [`--user=${user}`]),
    `--database=${database}`,
  ];
}
