import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import type { FreezeWindow } from "../../domain/freeze.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { progressBar } from "../parts/progress-bar.ts";
import { refName, revision } from "../parts/revision.ts";
import { mark, statusWord } from "../parts/status-word.ts";
import { targetPath } from "../parts/target-path.ts";
import { timeAgo } from "../parts/time-ago.ts";
import { targetNotes } from "./target-notes.ts";
import { targetCondition } from "./target-condition.ts";

/** A target with what the board shows of it. */
export interface BoardTarget {
  readonly key: TargetKey;
  readonly status: TargetStatus;
  readonly freeze: FreezeWindow | undefined;
}

/** The line of a target on the board. */
export function boardRow({ key, status, freeze }: BoardTarget, now: Date): Html {
  const state = targetCondition(status);
  const notes = targetNotes(status, freeze, now);
  return html`<tr role="row" class="target target-${state.kind}" id="target-${status.target}">
    <th role="rowheader" scope="row" class="cell-name">
      <a href="${targetPath(key)}"
        ><span class="fraise-name"><bdi>${key.fraise}</bdi><span class="slash">/</span></span
        ><bdi>${key.environment}</bdi
        >${key.job === "" ? "" : html`<span class="slash">/</span><bdi>${key.job}</bdi>`}</a
      >
    </th>
    <td role="cell" class="cell-state">${mark(state.shape, state.word)}${progress(status)}</td>
    <td role="cell" class="cell-runs" data-label="Runs">${runs(status)}</td>
    <td role="cell" class="cell-since" data-label="Since">
      ${typeof status.active_since === "string" ? timeAgo(status.active_since, now) : dash()}
    </td>
    <td role="cell" class="cell-last" data-label="Last">${last(status, now)}</td>
    <td role="cell" class="cell-notes">
      ${
        notes.length === 0
          ? ""
          : html`<ul class="notes">
              ${notes}
            </ul>`
      }
    </td>
  </tr> `;
}

function progress({ running_id: id, running_phase: phase, running_progress: percent }: TargetStatus): Html | string {
  if (typeof id !== "string") return "";
  return progressBar(phase ?? "", percent ?? 0);
}

function runs({ revision: hash, active_ref_kind: kind, active_ref_name: name }: TargetStatus): Html {
  if (typeof hash !== "string") return dash();
  return html`${revision(hash)}${typeof name === "string" ? html` ${refName(kind, name)}` : ""}`;
}

function last({ last_id: id, last_status: status, last_finished_at: at }: TargetStatus, now: Date): Html {
  if (typeof id !== "string" || status === null || status === undefined) return dash();
  const when = typeof at === "string" ? html` <span class="when">${timeAgo(at, now)}</span>` : "";
  return html`<a class="plain" href="${deploymentPath(id)}">${statusWord(status)}</a>${when}`;
}

function dash(): Html {
  return html`<span class="nothing" aria-label="nothing">–</span>`;
}
