import { relative } from "node:path";
import type { TargetKey } from "../domain/fraise.ts";
import type { Store } from "../store/store.ts";
import type { DatabaseLock } from "./clients/sql-client.ts";
import type { RecordedMigration } from "./migration-state.ts";
import type { Migration, Migrations, MigrationTool, ToolContext } from "./migration-tool.ts";

export interface RecordParts {
  readonly target: TargetKey;
  readonly tool: Pick<MigrationTool, "name">;
  readonly context: Pick<ToolContext, "folder" | "deployment">;
  readonly store: Pick<Store, "databases">;
  /** The person or deployment that asked for the migration. */
  readonly by: string;
  /** Errors on record quote what programs printed. */
  redact(text: string): string;
}

/** fraisier's own record of the migrations of one target. */
export interface MigrationRecord {
  read(): Promise<readonly RecordedMigration[]>;
  /** Writes down that a migration begins. Returns the id of this entry. */
  begin(migration: Migration, status: "applying" | "marked"): Promise<string>;
  settle: Store["databases"]["settleMigration"];
}

export function openMigrationRecord({ target, tool, context, store, by, redact }: RecordParts): MigrationRecord {
  return {
    read: () => store.databases.migrationStatus(target),
    begin: (migration, status) =>
      store.databases.beginMigration(target, {
        migration: migration.id,
        tool: tool.name,
        file: migration.file === undefined ? "" : relative(context.folder, migration.file),
        sha256: migration.sha256 ?? "",
        deployment: context.deployment === "" ? undefined : context.deployment,
        by,
        status,
      }),
    settle: (id, { error, ...outcome }) =>
      store.databases.settleMigration(id, error === undefined ? outcome : { ...outcome, error: redact(error) }),
  };
}

/** The migrations of a database whose lock is held, with fraisier's record of them. */
export interface LockedMigrations {
  readonly tool: MigrationTool;
  readonly migrations: Migrations;
  readonly record: MigrationRecord;
  readonly lock: DatabaseLock;
  readonly context: ToolContext;
}
