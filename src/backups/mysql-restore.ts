import { Readable } from "node:stream";
import { mysqlOptions, mysqlPassword, takeRunningLock } from "../databases/clients/mysql-session.ts";
import type { SqlDatabase } from "../databases/clients/sql-client.ts";
import type { DatabaseUrl } from "../databases/database-url.ts";
import { FraisierError, HostUnavailable, StepFailed } from "../domain/errors.ts";
import type { DumpArchive, DumpContext } from "./dumper.ts";
import { editDump } from "./mysql-dump-text.ts";
import type { DumpEdit } from "./mysql-dump-text.ts";
import { checkRights, foreignDefiners, needsOf } from "./mysql-rehearsal.ts";
import { tryOut } from "./mysql-trial.ts";
import { streamProgram } from "./stream-program.ts";

/**
 * Empties a database and loads a dump into it. No transaction could take this back, so everything that may fail is tried before: the rights of the user, and
 * the dump without its rows in a database of its own, if the user may make one. A dump that could be restored is never refused. @throws StepFailed that says
 * whether anything was changed.
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
  const needs = await needsOf(read(), url.database);
  await checkRights(database, needs);
  const { user, foreign } = await foreignDefiners(database, needs);
  const answer = (definer: string) => (foreign.has(definer) ? "without definer" : "keep");
  if (foreign.size > 0) {
    const names = [...foreign].join(", ").replaceAll("`", "");
    context.log(`${user} may not restore what belongs to ${names} as theirs: it becomes that of ${user}`);
  }
  await tryOut(context, { url, database }, needs, (name, edit) => load(name, "", edit));
  await database.empty(context.timeoutMs);
  try {
    await load(url.database, `${takeRunningLock}\n`, { rows: "keep", making: ({ definer }) => answer(definer) });
  } catch (error) {
    if (!(error instanceof FraisierError)) throw error;
    const kind = error instanceof HostUnavailable ? HostUnavailable : StepFailed;
    throw new kind(`${error.message}; ${database.name} now holds only a part of the backup`, {
      cause: error,
      hint: "The backup is whole, as are those made before it: mend what it says, and restore again.",
    });
  }
}
