import { listBackups } from "./backup-folder.ts";
import { bytesOf } from "./manifest.ts";
import type { BackupParts } from "./backups.ts";

/** The record is compared with so many backups at most. */
const LOOK_BACK = 200;

/**
 * Brings the record in line with the disk: processes die between the two, and people remove folders. The caller must hold the directory's lock, as a backup
 * that is being made looks like one whose maker died. @param except the backup that is about to be made.
 */
export async function settleRecord({ host, store, target, directory }: BackupParts, except = ""): Promise<void> {
  const { whole, broken } = await listBackups(host.files, directory, target);
  const there = new Map(whole.map((each) => [each.id, each]));
  const unreadable = new Set(broken.map(({ id }) => id));
  for (const row of await store.databases.backupHistory(target, { limit: LOOK_BACK })) {
    // A backup that was made while another directory was configured is looked for by its own path.
    const isHere = row.path === `${directory}/${row.id}`;
    if (row.id === except || !isHere || unreadable.has(row.id)) continue;
    const found = there.get(row.id);
    if (found !== undefined && row.status !== "complete") {
      const bytes = bytesOf(found.manifest);
      await store.databases.settleBackup(row.id, { status: "complete", bytes, manifestSha256: found.sha256 });
    } else if (found === undefined && row.status === "complete") {
      await store.databases.settleBackup(row.id, { status: "deleted" });
    } else if (found === undefined && row.status === "running") {
      await store.databases.settleBackup(row.id, { status: "failed", error: "the process that made it died" });
    }
  }
}
