import { Readable } from "node:stream";
import { mysqlName, mysqlOptions, mysqlPassword, takeRunningLock } from "../databases/clients/mysql-session.ts";
import type { SqlDatabase } from "../databases/clients/sql-client.ts";
import type { DatabaseUrl } from "../databases/database-url.ts";
import { StepFailed } from "../domain/errors.ts";
import type { DumpArchive, DumpContext } from "./dumper.ts";
import { editDump } from "./mysql-dump-text.ts";
import type { DumpEdit } from "./mysql-dump-text.ts";
import { checkRights, foreignDefiners, needsOf, unchanged } from "./mysql-rehearsal.ts";
import { streamProgram } from "./stream-program.ts";

/**
 * Empties a database and loads a dump into it. There is no transaction that could take it back, so what may fail is tried before: the rights
 * of the user, and the whole dump but its rows in a database of its own, where the user may make one.
 * @throws StepFailed that says whether anything was changed.
 */
export async function restoreMysql(
  context: DumpContext,
  url: DatabaseUrl,
  database: SqlDatabase,
  { read }: DumpArchive,
): Promise<void> {
  const load = async (name: string, before: string, edit: DumpEdit): Promise<void> => {
    async function* script(): AsyncGenerator<Buffer> {
      yield Buffer.from(before);
      yield* editDump(read(), edit);
    }
    await streamProgram(context, {
      command: ["mysql", "--batch", ...mysqlOptions(url), `--database=${name}`],
      env: mysqlPassword(url),
      from: Readable.from(script()),
      what: `restoring ${database.name}`,
    });
  };
  const needs = await needsOf(read());
  await checkRights(database, needs);
  const { user, foreign } = await foreignDefiners(database, needs);
  const answer = (definer: string) => (foreign.has(definer) ? "without definer" : "keep");
  if (foreign.size > 0) {
    const names = [...foreign].join(", ").replaceAll("`", "");
    context.log(`${user} may not restore what belongs to ${names} as theirs: it becomes that of ${user}`);
  }
  const rehearsal: DumpEdit = {
    rows: "leave out",
    // An event would run.
    making: ({ made, definer }) => (made === "event" ? "leave out" : answer(definer)),
    line: (line) => line.replaceAll(`${latin1(mysqlName(url.database))}.`, `${latin1(mysqlName(trialOf(url)))}.`),
  };
  await inTrial(context, url, database, () => load(trialOf(url), "", rehearsal));
  await database.empty(context.timeoutMs);
  try {
    await load(url.database, `${takeRunningLock}\n`, { rows: "keep", making: ({ definer }) => answer(definer) });
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    throw new StepFailed(`${error.message}; ${database.name} now holds only a part of the backup`, {
      cause: error,
      hint: "The backup is whole, as are those made before it: mend what it says, and restore again.",
    });
  }
}

/** Works while there is an empty database to try things out in; does nothing where the user may make none. */
async function inTrial(
  { log }: DumpContext,
  url: DatabaseUrl,
  database: SqlDatabase,
  work: () => Promise<void>,
): Promise<void> {
  const name = mysqlName(trialOf(url));
  const [[characters = "utf8mb4", collation = "utf8mb4_general_ci"] = []] = await database.query(
    "select @@character_set_database, @@collation_database",
  );
  const drop = `drop database if exists ${name}`;
  try {
    await database.query(`${drop}; create database ${name} character set ${characters} collate ${collation}`);
  } catch {
    log(`not tried out before, as the user may make no database ${trialOf(url)}`);
    return;
  }
  try {
    await work();
  } catch (error) {
    throw unchanged(database, error);
  } finally {
    await database.query(drop).catch((error: unknown) => log(`${trialOf(url)} is left: ${String(error)}`));
  }
}

/** Names have at most 64 characters. */
function trialOf({ database }: DatabaseUrl): string {
  return `${database.slice(0, 48)}_fraisier_trial`;
}

/** As the bytes of a dump are read. */
function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
