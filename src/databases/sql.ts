import { join } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import { openDatabase } from "./clients/index.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import type { Migration, Migrations } from "./migration-tool.ts";
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
    const { settings, url, folder, host, commands, signal, env, user, timeoutMs, deployment, log } = context;
    const name = deployment === "" ? "fraisier" : `fraisier ${deployment}`;
    const around = { env, user, signal, name };
    const database = openDatabase(url?.reveal(env) ?? "", { ...around, host });
    // A client runs programs that a script names (`\!` of psql, `.shell` of sqlite3): scripts of the release get one in the sandbox.
    const scripts = openDatabase(url?.reveal(env) ?? "", { ...around, host: { ...host, processes: commands } });
    const ledger = openLedger(database);
    const read = async (): Promise<readonly SqlMigration[]> => {
      const scriptsFolder = join(folder, settings.migrations ?? DEFAULT_FOLDER);
      if (context.mayLackFiles === true && !(await host.files.exists(scriptsFolder))) return [];
      return await readSqlMigrations(host.files, scriptsFolder);
    };
    const find = async ({ id }: Migration): Promise<SqlMigration> => {
      const found = (await read()).find((each) => each.id === id);
      if (found !== undefined) return found;
      throw new StepFailed(`${folder} has no migration ${id}`, {
        hint: "The release that applied it has its way back: go there, or take it back by hand and correct fraisier_migration.",
      });
    };
    const isWhole = (script: SqlScript): boolean => script.transaction && database.transactionalDdl;
    const run = async (script: SqlScript, before: string, after: string, both: string): Promise<void> => {
      const transaction = isWhole(script);
      if (transaction) refuseTransactionWords(script);
      const common = { timeoutMs, what: script.file, onLine: log };
      // A statement without an end must not swallow what follows: a semicolon of ours on a line of its own.
      if (transaction) {
        await scripts.run({ ...common, sql: `${script.sql}\n;\n${both}`, transaction });
      } else {
        await scripts.run({ ...common, sql: before, transaction });
        await scripts.run({ ...common, sql: `${script.sql}\n;\n`, transaction });
        await scripts.run({ ...common, sql: after, transaction });
      }
    };

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
            if (script !== undefined && isWhole(script)) refuseTransactionWords(script);
        }
      },

      async apply(migrations) {
        for (const migration of migrations) {
          const { up, id, sha256 } = await find(migration);
          const row = await ledger.statements({ id, sha256, deployment });
          await run(up, row.begin, row.end, row.insert);
        }
      },

      async revert(migration) {
        const { down, id, sha256, up } = await find(migration);
        if (down === undefined) throw new StepFailed(`${up.file} has no way back`);
        const row = await ledger.statements({ id, sha256, deployment });
        await run(down, row.doubt, row.remove, row.remove);
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
