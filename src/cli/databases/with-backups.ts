import type { Backups } from "../../backups/backups.ts";
import type { Invocation } from "../command-entry.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { backupsOfTarget } from "./backups-of-target.ts";
import { withDatabaseWork } from "./with-database-work.ts";
import type { DatabaseWork } from "./with-database-work.ts";

/** The things that a verb of `fraisier backup` works with. */
export interface BackupScene extends DatabaseWork {
  readonly backups: Backups;
  /** The backup that was named on the command line. */
  readonly typed: string | undefined;
}

/** Opens the backups of the target that the command line names, and closes everything after the work. A backup may be named behind the target. */
export async function withBackups(
  invocation: Invocation<TargetOptions>,
  most: 0 | 1,
  act: (scene: BackupScene) => Promise<void>,
): Promise<number> {
  return await withDatabaseWork(invocation, most, async (work, typed) => {
    await act({ ...work, typed, backups: await backupsOfTarget(work) });
  });
}
