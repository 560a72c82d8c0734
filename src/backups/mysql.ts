import { Writable } from "node:stream";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openDatabase } from "../databases/clients/index.ts";
import { mysqlOptions, mysqlPassword } from "../databases/clients/mysql-session.ts";
import { parseDatabaseUrl } from "../databases/database-url.ts";
import { StepFailed } from "../domain/errors.ts";
import type { Dump, Dumper, DumpContext } from "./dumper.ts";
import { restoreMysql } from "./mysql-restore.ts";
import { streamProgram } from "./stream-program.ts";

/** The last line that mysqldump writes: without it the dump is not whole. */
const LAST_LINE = "-- Dump completed";
/** A session that holds the database must not hold up a rollback for ever. */
const LOCK_WAIT_MS = 60_000;

/** MySQL and MariaDB, by mysqldump and mysql. Restoring is not a transaction there: a restore that dies half way is done again from its start. */
export const mysql: Dumper = {
  engine: "mysql",
  recognises: (scheme, { dump }) => dump === undefined && (scheme === "mysql" || scheme === "mariadb"),

  open(context: DumpContext): Dump {
    const text = context.url?.reveal(context.env) ?? "";
    const url = parseDatabaseUrl(text);
    const env = mysqlPassword(url);
    const database = openDatabase(text, { ...context, name: "fraisier backup" });

    return {
      name: database.name,
      fileName: "database.sql",
      versions: async () => ({
        tool: (
          await streamProgram(context, { command: ["mysqldump", "--version"], what: "asking mysqldump its version" })
        ).trim(),
        engine: (await database.query("select version()"))[0]?.[0] ?? "",
      }),
      async size() {
        const [row] = await database.query(
          "select coalesce(sum(data_length), 0) from information_schema.tables where table_schema = database()",
        );
        return Number(row?.[0]);
      },

      async dump(to) {
        await streamProgram(context, {
          command: [
            "mysqldump",
            ...mysqlOptions(url),
            // A snapshot of InnoDB's tables, whatever is written meanwhile.
            "--single-transaction",
            "--quick",
            "--routines",
            "--triggers",
            "--events",
            "--hex-blob",
            "--no-tablespaces",
            // MariaDB has no such option.
            "--loose-set-gtid-purged=OFF",
            "--",
            url.database,
          ],
          env,
          to,
          what: `dumping ${database.name}`,
        });
      },

      async restore(archive) {
        // A session that a dead deployment left running must not write into the restored database.
        await database.settle(LOCK_WAIT_MS);
        await restoreMysql(context, url, database, archive);
      },

      async test({ read }) {
        const end = await lastBytes(read());
        if (!end.includes(LAST_LINE))
          throw new StepFailed(`the dump does not end with "${LAST_LINE}": it is not whole`);
      },
    };
  },
};

async function lastBytes(from: Readable): Promise<string> {
  let end = Buffer.alloc(0);
  const keep = new Writable({
    write(chunk: Buffer, _, done) {
      end = Buffer.concat([end, chunk]).subarray(-256);
      done();
    },
  });
  await pipeline(from, keep);
  return end.toString();
}
