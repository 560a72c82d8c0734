import { listBackups, removeBackup, removeLeftovers } from "./backup-folder.ts";
import type { Backup } from "./backup-folder.ts";
import type { BackupParts } from "./backups.ts";
import { settleRecord } from "./settle-record.ts";

/**
 * Removes old backups, and folders that dead processes left. The caller must hold the directory's lock. Returns the removed ones.
 * @param options `spare` names a backup that stays, however old it is.
 */
export async function pruneBackups(
  parts: BackupParts,
  { dryRun, spare }: { readonly dryRun: boolean; readonly spare?: string | undefined },
): Promise<readonly Backup[]> {
  const { store, target, directory, settings, log } = parts;
  const { files } = parts.host;
  if (!dryRun) await removeLeftovers(files, directory);
  const { whole } = await listBackups(files, directory, target);
  const old = chooseOld(whole, { keep: settings.keep, deployments: await deploymentsToGoBackFrom(parts), spare });
  if (dryRun) return old;
  for (const backup of old) {
    await removeBackup(files, backup.path);
    await store.databases.settleBackup(backup.id, { status: "deleted" });
    log(`removed backup ${backup.id}`);
  }
  await settleRecord(parts);
  return old;
}

/** The deployment that runs, the one that is on its way, and the one that ended last keep their backups, as a person may go back by them. */
async function deploymentsToGoBackFrom({ store, target }: BackupParts): Promise<ReadonlySet<string>> {
  const status = await store.targets.here(target);
  const ids = [status?.deployment, status?.running?.id, status?.last?.id];
  return new Set(ids.filter((id) => typeof id === "string"));
}

interface Kept {
  /** How many of the newest backups stay. */
  readonly keep: number;
  /** Deployments that a person may still want to go back from: the backups made before them stay, however old. */
  readonly deployments: ReadonlySet<string>;
  readonly spare?: string | undefined;
}

/** Chooses the backups that may go, oldest first. Pure. The newest always stays. */
function chooseOld(backups: readonly Backup[], { keep, deployments, spare }: Kept): readonly Backup[] {
  // Ids sort by time.
  const newestFirst = backups.toSorted((a, b) => (a.id < b.id ? 1 : -1));
  return newestFirst
    .slice(Math.max(1, keep))
    .filter(({ id }) => id !== spare)
    .filter(({ manifest }) => manifest.deployment === null || !deployments.has(manifest.deployment))
    .toReversed();
}
