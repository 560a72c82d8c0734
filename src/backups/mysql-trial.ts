import { mysqlName } from "../databases/clients/mysql-session.ts";
import type { SqlDatabase } from "../databases/clients/sql-client.ts";
import type { DatabaseUrl } from "../databases/database-url.ts";
import { StepFailed } from "../domain/errors.ts";
import type { DumpContext } from "./dumper.ts";
import type { DumpEdit } from "./mysql-dump-text.ts";
import { unchanged } from "./mysql-rehearsal.ts";
import type { DumpNeeds } from "./mysql-rehearsal.ts";
import { renamed } from "./mysql-self-naming.ts";

/**
 * Errors that the trial may meet and the real restore may not. The user's rights may be on the real database only (1044, 1142, 1143, 1370), and a view
 * elsewhere may read the real one (1356). The disk has more room once that is emptied (1021, 1114), and a table with a `DATA DIRECTORY` has its file there (1).
 */
const TELLS_NOTHING = new Set(["1044", "1142", "1143", "1370", "1356", "1021", "1114", "1"]);

/**
 * Loads a dump without its rows into an empty database and drops that database again; does nothing if the user may not make one. @throws StepFailed if the real
 * database would refuse the dump too: an error that depends on the name is only logged.
 */
export async function tryOut(
  { log }: DumpContext,
  { url, database }: { readonly url: DatabaseUrl; readonly database: SqlDatabase },
  { namesItself }: DumpNeeds,
  load: (name: string, edit: DumpEdit) => Promise<void>,
): Promise<void> {
  const trial = trialOf(url);
  const name = mysqlName(trial);
  const [[characters = "utf8mb4", collation = "utf8mb4_general_ci"] = []] = await database.query(
    "select @@character_set_database, @@collation_database",
  );
  const drop = `drop database if exists ${name}`;
  try {
    await database.query(`${drop}; create database ${name} character set ${characters} collate ${collation}`);
  } catch {
    log(`not tried out before, as the user may make no database ${trial}`);
    return;
  }
  try {
    await load(trial, {
      rows: "leave out",
      making({ made }) {
        // An event would run, and a trigger may say for which database it is: the real one.
        if (made === "event" || (made === "trigger" && namesItself)) return "leave out";
        // The other owners may have no rights here.
        return "without definer";
      },
      line: (line) => renamed(line, url.database, trial),
    });
  } catch (error) {
    const code = error instanceof StepFailed ? serverErrorOf(error.message) : undefined;
    if (code === undefined || !(namesItself || TELLS_NOTHING.has(code))) throw unchanged(database, error);
    log(`not all of it tried out before: ${trial} is not ${url.database}: ${String(error)}`);
  } finally {
    await database.query(drop).catch((error: unknown) => log(`${trial} is left: ${String(error)}`));
  }
}

/** The last error of the server; errors of the client (2xxx: the server is gone) do not count. */
function serverErrorOf(message: string): string | undefined {
  const code = [...message.matchAll(/ERROR (\d+) \(\w{5}\) at line/g)].at(-1)?.[1];
  return code?.startsWith("2") === true ? undefined : code;
}

/** Names have at most 64 characters. */
function trialOf({ database }: DatabaseUrl): string {
  return `${database.slice(0, 48)}_fraisier_trial`;
}
