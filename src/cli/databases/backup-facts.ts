import type { Backup } from "../../backups/backup-folder.ts";

/** A backup as `--json` shows it. */
export function backupFacts({ path, manifest, sha256 }: Backup): Record<string, unknown> {
  return { path, manifest_sha256: sha256, ...manifest };
}

/** `12.3 MiB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? ""}`;
}
