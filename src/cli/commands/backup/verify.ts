import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { backupFacts, sizeInWords } from "../../databases/backup-facts.ts";
import { resolveBackup } from "../../databases/backups-of-target.ts";
import { withBackups } from "../../databases/with-backups.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

/** `fraisier backup verify <target> <backup>`: reads it to its end. */
export async function run(invocation: Invocation<TargetOptions>): Promise<number> {
  const { print } = invocation;
  return await withBackups(invocation, 1, async ({ target, backups, typed }) => {
    const backup = await backups.verify(await resolveBackup(backups, typed));
    const size = sizeInWords(backup.manifest.dump.bytes);
    if (print.isJson) print.json({ target: targetName(target), backup: backupFacts(backup), verified: true });
    else print.line(`backup ${backup.id} is whole: ${size}, as it was written, and readable`);
  });
}
