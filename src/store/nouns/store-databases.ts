import type { Bind } from "../bind.ts";
import { backupHistory } from "../reads/backup-history.ts";
import { migrationHistory } from "../reads/migration-history.ts";
import { migrationStatus } from "../reads/migration-status.ts";
import { beginBackup } from "../writes/begin-backup.ts";
import { beginMigration } from "../writes/begin-migration.ts";
import { settleBackup } from "../writes/settle-backup.ts";
import { settleMigration } from "../writes/settle-migration.ts";

/** Migrations and backups of the databases of targets. */
export function storeDatabases(bind: Bind) {
  return {
    beginMigration: bind(beginMigration),
    settleMigration: bind(settleMigration),
    migrationStatus: bind(migrationStatus),
    migrationHistory: bind(migrationHistory),
    beginBackup: bind(beginBackup),
    settleBackup: bind(settleBackup),
    backupHistory: bind(backupHistory),
  };
}
