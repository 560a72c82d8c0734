import { begunFiles, runFor } from "./deploy-group.ts";
import { groupStep } from "./group.ts";
import type { GroupSettings } from "./group.ts";
import type { RollbackAct } from "../on-rollback.ts";

/**
 * Runs the group's after_rollback for every file that was begun, once the old code stands again: a service that was restarted on the failed revision is
 * restarted on the old one.
 */
export function afterRollback(
  group: GroupSettings,
): RollbackAct<"command" | "journal" | "recordGroupFile" | "running"> {
  return {
    name: `keep-group:${group.name}`,
    describe: () => `Note that going back means to run after_rollback of group ${group.name}`,
    async run(context) {
      const { factsOf, places, previousRevision, log, recordGroupFile } = context;
      const begun = begunFiles(factsOf(groupStep(group.name)));
      if (group.after_rollback === undefined || begun.length === 0) return;
      if (previousRevision === undefined) {
        log(`nothing ran before: after_rollback of group ${group.name} is not run`);
        return;
      }
      for (const file of begun) {
        await runFor(context, group, group.after_rollback, { file, cwd: places.current });
        // The deployed content of the file is not the recorded one: the next deployment takes it again.
        if (file !== "") await recordGroupFile(group.name, file, undefined);
      }
    },
  };
}
