import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { resolveBackup } from "../../databases/backups-of-target.ts";
import { restoreBackup } from "../../databases/restore-backup.ts";
import { withBackups } from "../../databases/with-backups.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly yes?: boolean;
  /** False for `--no-safety-backup`. */
  readonly safetyBackup: boolean;
}

/** `fraisier backup restore <target> <backup>`. */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options, print } = invocation;
  return await withBackups(invocation, 1, async ({ app, target, backups, typed, signal, log }) => {
    const id = await resolveBackup(backups, typed);
    const { yes = false, safetyBackup } = options;
    const safety = await restoreBackup({ app, target, backups }, id, { yes, safetyBackup, signal, log });
    if (print.isJson) print.json({ target: targetName(target), restored: id, safety_backup: safety ?? null });
    else if (safety !== undefined)
      print.line(`to take this back: fraisier backup restore ${targetName(target)} ${safety}`);
  });
}
