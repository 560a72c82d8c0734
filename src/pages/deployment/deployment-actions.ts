import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { targetName } from "../../domain/fraise.ts";
import { actPath } from "../acts/act-path.ts";
import { mayAct } from "../acts/may-act.ts";
import type { Html } from "../html.ts";
import type { Viewer } from "../page.ts";
import { actions } from "../parts/actions.ts";

interface Beside {
  /** The deliveries that asked for it. */
  readonly deliveries: readonly string[];
  /** Whether its release is the one that runs. */
  readonly isLive: boolean;
  readonly viewer: Viewer;
}

/** The buttons of a deployment for people who may act. */
export function deploymentActions(
  row: DeploymentDocument["deployment"],
  { deliveries, isLive, viewer }: Beside,
): Html | string {
  if (!mayAct(viewer)) return "";
  const target = targetName(row);
  const delivery = deliveries.at(-1);
  return actions([
    isOutcome(row.status) ? undefined : ["Cancel", actPath("cancel", { deployment: row.id })],
    row.status === "succeeded" && !isLive
      ? ["Roll back to this", actPath("rollback", { target, to_deployment: row.id })]
      : undefined,
    delivery === undefined ? undefined : ["Replay its delivery", actPath("replay", { delivery })],
  ]);
}
