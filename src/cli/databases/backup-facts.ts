import type { Backup } from "../../backups/backup-folder.ts";
import type { BackupRun } from "../../domain/backup-run.ts";
import { withNulls } from "../../domain/with-nulls.ts";

/** A backup as `--json` shows it. */
export function backupFacts({ path, manifest, sha256 }: Backup): Record<string, unknown> {
  return { path, manifest_sha256: sha256, ...manifest };
}

/** The making of a backup as `--json` shows it. The names and their order are a promise to scripts. */
export function backupRunJson(run: BackupRun) {
  return withNulls({
    id: run.id,
    fraise: run.fraise,
    environment: run.environment,
    job: run.job,
    deployment_id: run.deployment,
    revision: run.revision,
    engine: run.engine,
    path: run.path,
    bytes: run.bytes,
    manifest_sha256: run.manifestSha256,
    status: run.status,
    error: run.error,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    created_by: run.createdBy,
  });
}

/** `12.3 MiB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? ""}`;
}
