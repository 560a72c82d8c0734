import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { actPath } from "../acts/act-path.ts";
import { mayAct } from "../acts/may-act.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Viewer } from "../page.ts";
import { keyOf } from "../parts/key-of.ts";
import { refName, revision } from "../parts/revision.ts";
import { mark } from "../parts/status-word.ts";
import { targetPath } from "../parts/target-path.ts";
import { timeAgo } from "../parts/time-ago.ts";

interface Environments {
  readonly key: TargetKey;
  /** Every target of the fraise that the viewer may know of. */
  readonly targets: readonly TargetStatus[];
  readonly viewer: Viewer;
  readonly now: Date;
}

/** How the other environments of a fraise differ from this target; empty if there are none. */
export function environmentsTable({ key, targets, viewer, now }: Environments): Html | string {
  const own = targets.find(({ target }) => target === targetName(key));
  const others = targets.filter((each) => keyOf(each).job === key.job && each !== own);
  if (others.length === 0) return "";
  const row = (each: TargetStatus): Html => {
    const from = keyOf(each);
    const hash = each.revision ?? undefined;
    const isSame = hash === (own?.revision ?? undefined);
    const promote =
      hash !== undefined && !isSame && mayAct(viewer)
        ? html`<a class="button small" href="${actPath("promote", { from: each.target, to: targetName(key) })}"
            ><span>Promote from <bdi>${from.environment}</bdi></span></a
          >`
        : "";
    return html`<tr role="row">
      <th role="rowheader" scope="row">
        <a class="plain" href="${targetPath(from)}"><bdi>${from.environment}</bdi></a>
      </th>
      <td role="cell">
        ${hash === undefined ? "nothing yet" : html`${revision(hash)}${typeof each.active_ref_name === "string" ? html` ${refName(each.active_ref_kind, each.active_ref_name)}` : ""}`}
      </td>
      <td role="cell">${typeof each.active_since === "string" ? timeAgo(each.active_since, now) : ""}</td>
      <td role="cell">${isSame ? mark("good", "same") : mark("differs", "differs")}</td>
      <td role="cell" class="cell-act">${promote}</td>
    </tr>`;
  };
  return html`<section class="panel" aria-labelledby="environments-title">
    <h2 id="environments-title">Other environments</h2>
    <table role="table" class="bare environments">
      <caption class="visually-hidden">
        What runs in the other environments, compared with this one
      </caption>
      <thead class="visually-hidden">
        <tr role="row">
          <th role="columnheader" scope="col">Environment</th>
          <th role="columnheader" scope="col">Runs</th>
          <th role="columnheader" scope="col">Since</th>
          <th role="columnheader" scope="col">Compared</th>
          <th role="columnheader" scope="col">Action</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${others.map(row)}
      </tbody>
    </table>
  </section>`;
}
