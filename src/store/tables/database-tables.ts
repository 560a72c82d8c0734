import type { BackupStatus } from "../../domain/backup-run.ts";
import type { MigrationStatus } from "../../domain/migration-run.ts";
import type { PlacementColumns } from "./target-tables.ts";

export interface DatabaseTables {
  /** Every migration of a target's database, applied or tried. */
  tb_migration_history: MigrationHistoryTable;
  /** Every backup of a target's database. */
  tb_backup: BackupTable;
  /** The newest attempt at each migration of each target's database. */
  v_migration_status: MigrationHistoryTable;
}

export interface MigrationHistoryTable extends PlacementColumns {
  id: string;
  /** The tool's name for it. */
  migration: string;
  tool: string;
  /** Below the release; "" where it is no file of its own. */
  file: string;
  sha256: string;
  /** Null for one by hand. */
  deployment_id: string | null;
  status: MigrationStatus;
  started_at: string;
  applied_at: string | null;
  applied_by: string;
  execution_time_ms: number | null;
  error: string;
}

interface BackupTable extends PlacementColumns {
  id: string;
  /** The deployment it was made before; null for one by hand. */
  deployment_id: string | null;
  /** The revision that ran on this database then; "" if none did. */
  revision: string;
  engine: string;
  /** Its folder. */
  path: string;
  /** The size of the folder's files together. */
  bytes: number | null;
  manifest_sha256: string;
  status: BackupStatus;
  error: string;
  started_at: string;
  finished_at: string | null;
  created_by: string;
}
