import { Readable, PassThrough } from "node:stream";
import { openDatabase } from "../databases/clients/index.ts";
import { variablesOf } from "../databases/clients/psql.ts";
import { parseDatabaseUrl } from "../databases/database-url.ts";
import type { Dump, Dumper, DumpContext } from "./dumper.ts";
import { emptyPostgres } from "./postgres-empty.ts";
import { streamProgram } from "./stream-program.ts";

/** Somebody who holds a table for himself must not hold up a deployment for ever. */
const LOCK_WAIT_MS = 60_000;

/** PostgreSQL, by pg_dump, pg_restore and psql. */
export const postgres: Dumper = {
  engine: "postgresql",
  recognises: (scheme, { dump }) => dump === undefined && (scheme === "postgres" || scheme === "postgresql"),

  open(context: DumpContext): Dump {
    const text = context.url?.reveal() ?? "";
    const url = parseDatabaseUrl(text);
    const env = { ...variablesOf(url), PGAPPNAME: "fraisier backup" };
    const database = openDatabase(text, { ...context, name: "fraisier backup" });
    const number = async (sql: string): Promise<string> => (await database.query(sql))[0]?.[0] ?? "";
    /** The dump as a script of SQL. */
    const unpack = (from: Readable, more: { to: PassThrough } | { file: string }): Promise<string> =>
      streamProgram(context, {
        command: ["pg_restore", `--file=${"file" in more ? more.file : "-"}`],
        from,
        ...("to" in more ? { to: more.to } : {}),
        what: "reading the dump",
      });

    return {
      name: database.name,
      fileName: "database.pgdump",
      versions: async () => ({
        tool: (
          await streamProgram(context, { command: ["pg_dump", "--version"], what: "asking pg_dump its version" })
        ).trim(),
        engine: await number("show server_version"),
      }),
      size: async () => Number(await number("select pg_database_size(current_database())")),

      async dump(to) {
        await streamProgram(context, {
          // Not compressed twice. It dumps one snapshot, whatever is written meanwhile.
          command: [
            "pg_dump",
            "--format=custom",
            "--compress=0",
            "--no-password",
            `--lock-wait-timeout=${LOCK_WAIT_MS}`,
          ],
          env,
          to,
          what: `dumping ${database.name}`,
        });
      },

      async restore(from) {
        // What a dead deployment left running must not write into what was restored.
        await database.settle(LOCK_WAIT_MS);
        const script = new PassThrough();
        const unpacked = unpack(from, { to: script });
        const loaded = streamProgram(context, {
          // Without a commit the end of the input takes everything back.
          command: ["psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-f", "-", "-o", "/dev/null"],
          env,
          from: Readable.from(inOneTransaction(script, unpacked)),
          what: `restoring ${database.name} (nothing in it was changed)`,
        });
        const [unpacking, loading] = await Promise.allSettled([unpacked, loaded]);
        // psql's own words first: where it stopped reading, pg_restore only complains of that.
        if (loading.status === "rejected") throw loading.reason;
        if (unpacking.status === "rejected") throw unpacking.reason;
      },

      // All of it, where --list would read the first part only.
      test: async (from) => void (await unpack(from, { file: "/dev/null" })),
    };
  },
};

/** What the failed release added must go too, which pg_restore --clean would leave. The last word is said once the dump was read whole. */
async function* inOneTransaction(script: Readable, unpacked: Promise<unknown>): AsyncGenerator<string | Buffer> {
  yield `begin; set local lock_timeout = ${LOCK_WAIT_MS};\n${emptyPostgres}`;
  yield* script as AsyncIterable<Buffer>;
  await unpacked;
  yield "\ncommit;\n";
}
