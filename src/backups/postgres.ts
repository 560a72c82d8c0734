import { createInterface } from "node:readline";
import { PassThrough, Readable } from "node:stream";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openDatabase } from "../databases/clients/index.ts";
import { variablesOf } from "../databases/clients/psql.ts";
import { parseDatabaseUrl } from "../databases/database-url.ts";
import type { Dump, Dumper, DumpContext } from "./dumper.ts";
import { emptyPostgres } from "./postgres-empty.ts";
import { streamProgram } from "./stream-program.ts";

/** A session that holds a table must not hold up a deployment for ever. */
const LOCK_WAIT_MS = 60_000;

/** PostgreSQL, by pg_dump, pg_restore and psql. */
export const postgres: Dumper = {
  engine: "postgresql",
  recognises: (scheme, { dump }) => dump === undefined && (scheme === "postgres" || scheme === "postgresql"),

  open(context: DumpContext): Dump {
    const text = context.url?.reveal(context.env) ?? "";
    const url = parseDatabaseUrl(text);
    const env = { ...variablesOf(url), PGAPPNAME: "fraisier backup" };
    const database = openDatabase(text, { ...context, name: "fraisier backup" });
    const number = async (sql: string): Promise<string> => (await database.query(sql))[0]?.[0] ?? "";
    // pg_restore only reads files here: fraisier runs it as itself, whoever speaks to the database.
    const own = { ...context, user: undefined };
    const unpack = async (from: Readable, options: readonly string[], to?: Writable): Promise<void> => {
      const command = ["pg_restore", ...options];
      await streamProgram(own, { command, from, what: "reading the dump", ...(to === undefined ? {} : { to }) });
    };

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
          // The dump is not compressed twice. It is one snapshot, whatever is written meanwhile.
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

      async restore({ read, scratch }) {
        // A session that a dead deployment left running must not write into the restored database.
        await database.settle(LOCK_WAIT_MS);
        const list = new PassThrough();
        await Promise.all([
          unpack(read(), ["--list"], list),
          pipeline(list, withoutWhatStays, context.host.files.write(scratch, 0o600)),
        ]);
        const script = new PassThrough();
        const unpacked = unpack(read(), [`--use-list=${scratch}`, "--file=-"], script);
        const loaded = streamProgram(context, {
          // Without a commit the end of the input takes everything back.
          command: ["psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-f", "-", "-o", "/dev/null"],
          env,
          from: Readable.from(inOneTransaction(script, unpacked)),
          what: `restoring ${database.name} (nothing in it was changed)`,
        });
        const [unpacking, loading] = await Promise.allSettled([unpacked, loaded]);
        // psql's own words come first: after psql has stopped reading, pg_restore only complains of that.
        if (loading.status === "rejected") throw loading.reason;
        if (unpacking.status === "rejected") throw unpacking.reason;
      },

      // This reads the whole dump; --list would read its first part only.
      test: async ({ read }) => await unpack(read(), ["--file=/dev/null"]),
    };
  },
};

/** Things that the failed release added must go too, and pg_restore --clean would leave them. The last word is said once the dump was read whole. */
async function* inOneTransaction(script: Readable, unpacked: Promise<unknown>): AsyncGenerator<string | Buffer> {
  yield `begin; set local lock_timeout = ${LOCK_WAIT_MS};\n${emptyPostgres}`;
  yield* script as AsyncIterable<Buffer>;
  await unpacked;
  yield "\ncommit;\n";
}

/** Entries about the schema `public` and remarks on extensions: both stay, and often belong to a superuser. */
const STAYS = /^\d+; \d+ \d+ (COMMENT - EXTENSION|(COMMENT|ACL) - SCHEMA public|SCHEMA - public) /;

/** The list of what is in a dump without what stays in the database. */
async function* withoutWhatStays(list: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const line of createInterface({ input: Readable.from(list) })) if (!STAYS.test(line)) yield `${line}\n`;
}
