import { StepFailed } from "../../domain/errors.ts";
import { holdLock } from "./hold-lock.ts";
import { DROPS, statementsOf } from "./mysql-drops.ts";
import { mysqlOptions, mysqlPassword, RUNNING, STILL_RUNNING, takeRunningLock } from "./mysql-session.ts";
import { rowsOf, runClient } from "./run-client.ts";
import type { ClientContext, SqlClient, SqlDatabase } from "./sql-client.ts";

const QUESTION_MS = 30_000;
/** A name of the server, as all names of locks: not of the database. */
const MIGRATING = "concat('fraisier:', left(database(), 50))";

/** MySQL and MariaDB, through mysql(1). DDL commits by itself there: a migration that fails half way leaves its first half. */
export const mysql: SqlClient = {
  schemes: ["mysql", "mariadb"],

  open(context: ClientContext): SqlDatabase {
    const { url } = context;
    const argv = ["mysql", "--batch", "--skip-column-names", ...mysqlOptions(url), `--database=${url.database}`];
    const env = mysqlPassword(url);
    const name = `the MySQL database ${url.database}`;
    const call = (input: string, timeoutMs: number, what: string) =>
      runClient(context, { argv, env, input, timeoutMs, what });
    const query: SqlDatabase["query"] = async (sql) => rowsOf(await call(sql, QUESTION_MS, `asking ${name}`));

    return {
      name,
      query,
      transactionalDdl: false,

      async run({ sql, timeoutMs, what, onLine }) {
        try {
          // All on the first line, so that line numbers in errors are those of the file.
          const input = `${takeRunningLock} ${sql}`;
          await runClient(context, { argv, env, input, timeoutMs, what, ...(onLine === undefined ? {} : { onLine }) });
        } catch (error) {
          if (!(error instanceof StepFailed) || !error.message.includes(STILL_RUNNING)) throw error;
          throw new StepFailed(`${what}: another script of a deployment still runs in ${name}`, {
            cause: error,
            hint: "Wait until it is over, or end its connection (show processlist); then try again.",
          });
        }
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
        // Drops the content and keeps the database: a client that died between dropping and making the database could not even connect again.
        for (;;) {
          const statements = statementsOf(await query(DROPS));
          if (statements.length === 0) return;
          const script = [`${takeRunningLock} set foreign_key_checks = 0`, ...statements].join(";\n");
          await call(`${script};\n`, timeoutMs, `emptying ${name}`);
        }
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
