import { StepFailed } from "../../domain/errors.ts";
import { fileLock, holdLock } from "./hold-lock.ts";
import { rowsOf, runClient } from "./run-client.ts";
import { readingOptions } from "./sqlite-reading.ts";
import type { ClientContext, SqlClient, SqlDatabase } from "./sql-client.ts";

const QUESTION_MS = 30_000;
/** How long to wait for the application's own writes. */
const BUSY = ["-cmd", ".timeout 15000"] as const;

/** SQLite, through sqlite3(1). */
export const sqlite3: SqlClient = {
  schemes: ["sqlite"],

  open(context: ClientContext): SqlDatabase {
    const file = context.url.database;
    const name = `the SQLite database ${file}`;
    // No ~/.sqliterc, no questions, the first error ends it.
    const argv = ["sqlite3", "-init", "/dev/null", "-batch", "-bail", ...BUSY];
    const call = (options: readonly string[], input: string, timeoutMs: number, what: string) =>
      runClient(context, { argv: [...argv, ...options], env: {}, input, timeoutMs, what });
    const query: SqlDatabase["query"] = async (sql) => {
      // A question must not make the file.
      if (!(await context.host.files.exists(file))) return [];
      return rowsOf(await call(["-separator", "\t", ...readingOptions(file)], sql, QUESTION_MS, `asking ${name}`));
    };

    return {
      name,
      query,
      transactionalDdl: true,

      async run({ sql, transaction, timeoutMs, what, onLine }) {
        await runClient(context, {
          argv: [...argv, file],
          env: {},
          input: transaction ? `begin immediate; ${sql}\ncommit;\n` : sql,
          timeoutMs,
          what,
          ...(onLine === undefined ? {} : { onLine }),
        });
      },

      async findTable(table) {
        const rows = await query(`select name from sqlite_master where type = 'table' and name = '${table}';`);
        return rows[0]?.[0];
      },

      async settle(timeoutMs) {
        if (!(await context.host.files.exists(file))) return;
        // A client that outlived who started it is in a transaction, as ours begin with one: wait until it is over.
        const wait = ["-cmd", `.timeout ${Math.max(1, Math.round(timeoutMs))}`, file];
        await call(
          wait,
          "begin immediate;\nrollback;\n",
          timeoutMs + QUESTION_MS,
          `waiting for a script that runs in ${name}`,
        );
      },

      async empty(timeoutMs) {
        if (!(await context.host.files.exists(file))) return;
        // In place: a service that has the file open must not go on with one that has no name any more.
        await call(
          [file],
          ".dbconfig reset_database on\nvacuum;\n.dbconfig reset_database off\n",
          timeoutMs,
          `emptying ${name}`,
        );
        const left = await query("select count(*) from sqlite_master;");
        if (left[0]?.[0] !== "0") {
          throw new StepFailed(`${name} could not be emptied`, { hint: "Is it being written to? Stop its service." });
        }
      },

      lock: (timeoutMs) =>
        holdLock(context, fileLock(`${file}.fraisier-lock`), {
          name,
          timeoutMs,
          holder: () => Promise.resolve(` (${file}.fraisier-lock is held)`),
        }),
    };
  },
};
