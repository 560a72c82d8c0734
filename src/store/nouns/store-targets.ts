import type { Bind } from "../bind.ts";
import { actionsOn } from "../reads/actions-on.ts";
import { groupFiles } from "../reads/group-files.ts";
import { heldBack } from "../reads/held-back.ts";
import { locks } from "../reads/locks.ts";
import { targetStanding } from "../reads/target-standing.ts";
import { targetHere, targetStatus } from "../reads/target-status.ts";
import { lockTarget } from "../writes/lock-target.ts";
import { occupyTarget } from "../writes/occupy-target.ts";
import { recordDrift } from "../writes/record-drift.ts";
import { recordGroupFile } from "../writes/record-group-file.ts";
import { recordJobRun } from "../writes/record-job-run.ts";
import { recordRepair } from "../writes/record-repair.ts";
import { resumeTarget } from "../writes/resume-target.ts";
import { unlockTarget } from "../writes/unlock-target.ts";

/** Targets: what they run, their locks and holds, and what people did with them. */
export function storeTargets(bind: Bind) {
  return {
    status: bind(targetStatus),
    here: bind(targetHere),
    standing: bind(targetStanding),
    actions: bind(actionsOn),
    recordRepair: bind(recordRepair),
    heldBack: bind(heldBack),
    resume: bind(resumeTarget),
    locks: bind(locks),
    lock: bind(lockTarget),
    unlock: bind(unlockTarget),
    occupy: bind(occupyTarget),
    recordDrift: bind(recordDrift),
    recordJobRun: bind(recordJobRun),
    groupFiles: bind(groupFiles),
    recordGroupFile: bind(recordGroupFile),
  };
}
