import type { Backup } from "./backup-folder.ts";

export interface Kept {
  /** How many of the newest backups stay. */
  readonly keep: number;
  /** Deployments that a person may still want to go back from: the backups made before them stay, however old. */
  readonly deployments: ReadonlySet<string>;
  readonly spare?: string | undefined;
}

/** Chooses the backups that may go, oldest first. Pure. The newest always stays. */
export function chooseOld(backups: readonly Backup[], { keep, deployments, spare }: Kept): readonly Backup[] {
  // Ids sort by time.
  const newestFirst = backups.toSorted((a, b) => (a.id < b.id ? 1 : -1));
  return newestFirst
    .slice(Math.max(1, keep))
    .filter(({ id }) => id !== spare)
    .filter(({ manifest }) => manifest.deployment === null || !deployments.has(manifest.deployment))
    .toReversed();
}
