import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { targetName } from "../../domain/fraise.ts";
import { actPath } from "../acts/act-path.ts";
import { mayAct } from "../acts/may-act.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Viewer } from "../page.ts";

interface Beside {
  /** The deliveries that asked for it. */
  readonly deliveries: readonly string[];
  /** Whether its release is the one that runs. */
  readonly isLive: boolean;
  readonly viewer: Viewer;
}

/** Links to the pages that ask before they act, for people who may act. */
export function deploymentActions(
  row: DeploymentDocument["deployment"],
  { deliveries, isLive, viewer }: Beside,
): Html | string {
  if (!mayAct(viewer)) return "";
  const target = targetName(row);
  const delivery = deliveries.at(-1);
  const links = [
    isOutcome(row.status) ? undefined : ["Cancel", actPath("cancel", { deployment: row.id })],
    row.status === "succeeded" && !isLive
      ? ["Roll back to this", actPath("rollback", { target, to_deployment: row.id })]
      : undefined,
    delivery === undefined ? undefined : ["Replay its delivery", actPath("replay", { delivery })],
  ].filter((link) => link !== undefined);
  if (links.length === 0) return "";
  return html`<ul class="actions" aria-label="Actions">
    ${links.map(([word, path]) => html`<li><a class="button" href="${path}">${word}</a></li>`)}
  </ul>`;
}
