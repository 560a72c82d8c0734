import { StepFailed } from "../../domain/errors.ts";
import { migrateDatabase } from "./migrate-database.ts";
import type { StepContext } from "../capabilities.ts";
import type { RollbackAct } from "../on-rollback.ts";
import { messageOf } from "../../domain/message-of.ts";

/**
 * Stops the service and restores the backup made before this deployment, in place of the migrations' own ways back. Everything written since is lost:
 * `rollback.restore_database` says so.
 */
export const restoreDatabase: RollbackAct<"backups" | "facts" | "journal" | "migrator" | "service"> = {
  name: "restore-database",
  describe: () => "Note the backup: going back restores it, and loses what was written to the database since",

  async note({ backups, deployment, facts, remember, log }) {
    if (backups === undefined || "backup" in facts) return;
    const backup = await backups.before(deployment.id);
    if (backup === undefined) {
      throw new StepFailed(`the backup made before this deployment is gone from ${backups.directory}`, {
        hint: "Nothing was migrated. Deploy again, which makes a new one.",
      });
    }
    await remember({ backup: backup.id });
    log(`going back would restore backup ${backup.id}`);
  },

  async run(context) {
    const { backups, migrator, service, facts, remember, signal, log } = context;
    const id = facts["backup"];
    // Without it nothing was migrated either: it is noted before.
    if (backups === undefined || typeof id !== "string") return;
    if (await isUntouched(context)) {
      log("nothing to restore: no migration was begun, and the new code never ran");
      return;
    }
    if (service !== undefined) {
      // The running service must not write to a database that is being replaced; it is started again on the old one.
      log(`stopping ${service.name} to restore the database`);
      await remember({ stopped: true });
      await service.stop(signal).catch((error: unknown) => {
        log(`it is restored all the same: ${messageOf(error)}`);
      });
    }
    await backups.restore(id);
    // The record of migrations follows what the database says now. It is for people: the rollback does not hang on it.
    await migrator
      ?.takeBack(() => [])
      .catch((error: unknown) => log(`the record of migrations was not brought up to date: ${String(error)}`));
  },

  // The manager may have started it again since it was stopped.
  hasDisturbed: ({ stopped }) => stopped === true,
};

/** It failed before it did anything to the database, for want of a lock for example: what others wrote meanwhile need not be lost. */
async function isUntouched({
  lastBegun,
  migrator,
  deployment,
  target,
  log,
}: StepContext<"journal" | "migrator">): Promise<boolean> {
  if (lastBegun === restoreDatabase.name) return true;
  // A rebuild empties the database before any migration is on record.
  if (lastBegun !== migrateDatabase.name || target.settings.database?.strategy === "rebuild") return false;
  try {
    const states = (await migrator?.states()) ?? [];
    return states.every(({ recorded }) => recorded?.deployment !== deployment.id);
  } catch (error) {
    log(`the state of the migrations cannot be asked: ${messageOf(error)}`);
    return false;
  }
}
