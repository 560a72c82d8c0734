import { join } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import { openDatabase } from "./clients/index.ts";
import type { SqlDatabase } from "./clients/sql-client.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import type { Migration, Migrations, ToolContext } from "./migration-tool.ts";
import { migrationsKey } from "./tool-program.ts";
import { openLedger } from "./sql-ledger.ts";
import { readSqlMigrations, refuseTransactionWords } from "./sql-files.ts";
import type { SqlMigration, SqlScript } from "./sql-files.ts";

const DEFAULT_FOLDER = "migrations";

/**
 * Plain SQL files, run by the engine's own client. The record of applied migrations is the table fraisier_migration of the database itself, written in the
 * migration's own transaction: after a power cut both are there or neither.
 */
export const sql = defineMigrationTool({
  name: "sql",
  needsUrl: true,
  oneByOne: true,
  settings: (fields) => migrationsKey(fields, DEFAULT_FOLDER),

  open(context): Migrations {
    const { url, host, commands, signal, env, user, timeoutMs, deployment } = context;
    const name = deployment === "" ? "fraisier" : `fraisier ${deployment}`;
    const around = { env, user, signal, name };
    const database = openDatabase(url?.reveal(env) ?? "", { ...around, host });
    // A client runs programs that a script names (`\!` of psql, `.shell` of sqlite3): scripts of the release get one in the sandbox.
    const scripts = openDatabase(url?.reveal(env) ?? "", { ...around, host: { ...host, processes: commands } });
    const ledger = openLedger(database);
    const read = () => readFolder(context);

    return {
      list: read,

      async applied(settled = false) {
        if (settled) await database.settle(timeoutMs);
        return await ledger.read();
      },

      async check(migrations) {
        const known = await read();
        for (const { id } of migrations) {
          const found = known.find((each) => each.id === id);
          for (const script of [found?.up, found?.down])
            if (script !== undefined && isWhole(script, database)) refuseTransactionWords(script);
        }
      },

      async apply(migrations) {
        for (const migration of migrations) {
          const { up, id, sha256 } = await find(migration, context);
          const { begin, end, insert } = await ledger.statements({ id, sha256, deployment });
          await run(up, { before: begin, after: end, within: insert }, scripts, context);
        }
      },

      async revert(migration) {
        const { down, id, sha256, up } = await find(migration, context);
        if (down === undefined) throw new StepFailed(`${up.file} has no way back`);
        const { doubt, remove } = await ledger.statements({ id, sha256, deployment });
        await run(down, { before: doubt, after: remove, within: remove }, scripts, context);
      },

      async mark(migration, applied) {
        const { id } = migration;
        // The release that runs may not have the file: a deployment that was taken back leaves half a migration there.
        const found = [...(await read()), ...(await ledger.read())].find((each) => each.id === id);
        const row = await ledger.statements({ id, sha256: found?.sha256 ?? "", deployment });
        await database.run({
          sql: applied ? `${row.remove}\n${row.insert}` : row.remove,
          transaction: true,
          timeoutMs,
          what: `marking ${id}`,
        });
      },
    };
  },
});

async function readFolder({ settings, folder, host, mayLackFiles }: ToolContext): Promise<readonly SqlMigration[]> {
  const migrations = join(folder, settings.migrations ?? DEFAULT_FOLDER);
  if (mayLackFiles === true && !(await host.files.exists(migrations))) return [];
  return await readSqlMigrations(host.files, migrations);
}

async function find({ id }: Migration, context: ToolContext): Promise<SqlMigration> {
  const found = (await readFolder(context)).find((each) => each.id === id);
  if (found !== undefined) return found;
  throw new StepFailed(`${context.folder} has no migration ${id}`, {
    hint: "The release that applied it has its way back: go there, or take it back by hand and correct fraisier_migration.",
  });
}

/** Whether a script runs in a transaction. */
function isWhole(script: SqlScript, { transactionalDdl }: SqlDatabase): boolean {
  return script.transaction && transactionalDdl;
}

/** The statements that keep the record of a script: one within its transaction; without a transaction, one before the script and one after it. */
interface Entries {
  readonly within: string;
  readonly before: string;
  readonly after: string;
}

async function run(
  script: SqlScript,
  { within, before, after }: Entries,
  scripts: SqlDatabase,
  { timeoutMs, log }: ToolContext,
): Promise<void> {
  const common = { timeoutMs, what: script.file, onLine: log };
  // A statement without an end must not swallow what follows: a semicolon of ours on a line of its own.
  const sql = `${script.sql}\n;\n`;
  if (isWhole(script, scripts)) {
    refuseTransactionWords(script);
    await scripts.run({ ...common, sql: `${sql}${within}`, transaction: true });
    return;
  }
  for (const each of [before, sql, after]) await scripts.run({ ...common, sql: each, transaction: false });
}
