import { join } from "node:path";
import { FraisierError, HostUnavailable, MigrationLockLost } from "../domain/errors.ts";
import { fileLock, holdLock } from "./clients/hold-lock.ts";
import { openDatabase } from "./clients/index.ts";
import type { DatabaseLock } from "./clients/sql-client.ts";
import type { ToolContext } from "./migration-tool.ts";

/**
 * Lets one process at a time migrate: by a lock of the database itself if fraisier can ask the database, and else by a lock of this machine, which is said.
 * @param appPath where the lock of this machine lies.
 */
export async function lockMigrations(
  context: ToolContext,
  appPath: string,
  mustBeOurs: boolean,
): Promise<DatabaseLock> {
  const { settings, url, host, env, user, signal, deployment, log } = context;
  const name = deployment === "" ? "fraisier" : `fraisier ${deployment}`;
  let reason = "database.url is not given";
  if (url !== undefined) {
    try {
      const database = openDatabase(url.reveal(env), { host, env, user, signal, name });
      return await database.lock(settings.lock_timeout);
    } catch (error) {
      // A tool with a driver of its own needs no client of ours; then its database is not locked, and only this machine is.
      const isMissing = error instanceof HostUnavailable || (error instanceof FraisierError && error.code === "usage");
      if (!isMissing || mustBeOurs) throw error;
      reason = error.message;
    }
  }
  log(`only deployments of this machine exclude each other: ${reason}`);
  const file = join(appPath, ".fraisier-migration.lock");
  return await holdLock({ host, env, user, signal }, fileLock(file), {
    name: "this database",
    timeoutMs: settings.lock_timeout,
    holder: () => Promise.resolve(` (${file} is held)`),
  });
}

/** @throws MigrationLockLost if another process may migrate this database by now. */
export function checkLock({ lost }: DatabaseLock): void {
  if (!lost.aborted) return;
  throw new MigrationLockLost("the lock on the database was lost: its connection ended", {
    hint: "Was the server restarted? Nothing was begun after that.",
  });
}
