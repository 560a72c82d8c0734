import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { actPath } from "../acts/act-path.ts";
import { mayAct } from "../acts/may-act.ts";
import type { Html } from "../html.ts";
import type { Viewer } from "../page.ts";
import { actions } from "../parts/actions.ts";

/** The buttons of a target for people who may act. */
export function targetActions(key: TargetKey, status: TargetStatus, viewer: Viewer): Html | string {
  if (!mayAct(viewer)) return "";
  const target = targetName(key);
  const going = status.running_id ?? status.waiting_id;
  const own = status.locks.find(({ fraise, environment }) => fraise === key.fraise && environment === key.environment);
  return actions([
    status.configured ? ["Deploy", actPath("deploy", { target })] : undefined,
    status.configured && typeof status.revision === "string"
      ? ["Roll back", actPath("rollback", { target })]
      : undefined,
    typeof going === "string" ? ["Cancel", actPath("cancel", { deployment: going, target })] : undefined,
    typeof status.hold_reason === "string" ? ["Resume", actPath("resume", { target })] : undefined,
    own === undefined ? ["Lock", actPath("lock", { target })] : ["Unlock", actPath("unlock", { target })],
  ]);
}
