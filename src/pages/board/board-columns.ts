import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import type { FreezeWindow } from "../../domain/freeze.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { dash } from "../parts/dash.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { progressBar } from "../parts/progress-bar.ts";
import { revisionOf } from "../parts/revision.ts";
import { mark, statusWord } from "../parts/status-word.ts";
import type { Columns } from "../parts/table.ts";
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

/** The board shows so much of each target. */
export const boardColumns = (now: Date): Columns<BoardTarget> => [
  { name: "Target", look: "cell-name", value: ({ key }) => nameLink(key) },
  { name: "State", look: "cell-state", value: ({ status }) => state(status) },
  { name: "Runs", label: "Runs", look: "cell-runs", value: ({ status }) => runs(status) },
  {
    name: "Since",
    label: "Since",
    look: "cell-since",
    value: ({ status: { active_since: at } }) => (typeof at === "string" ? timeAgo(at, now) : dash()),
  },
  { name: "Last deployment", label: "Last", look: "cell-last", value: ({ status }) => last(status, now) },
  {
    name: "Notes",
    hasHiddenName: true,
    look: "cell-notes",
    value: ({ status, freeze }) => noteList(targetNotes(status, freeze, now)),
  },
];

/** The id and the class of a row, which the script and the style sheet use. */
export const BOARD_ROW = {
  id: ({ status }: BoardTarget) => `target-${status.target}`,
  rowLook: ({ status }: BoardTarget) => `target target-${targetCondition(status).kind}`,
};

function nameLink(key: TargetKey): Html {
  return html`<a href="${targetPath(key)}"
    ><span class="fraise-name"><bdi>${key.fraise}</bdi><span class="slash">/</span></span
    ><bdi>${key.environment}</bdi>${key.job === "" ? "" : html`<span class="slash">/</span><bdi>${key.job}</bdi>`}</a
  >`;
}

function state(status: TargetStatus): Html {
  const { shape, word } = targetCondition(status);
  return html`${mark(shape, word)}${progress(status)}`;
}

function noteList(notes: readonly Html[]): Html | string {
  if (notes.length === 0) return "";
  return html`<ul class="notes">
    ${notes}
  </ul>`;
}

function progress({ running_id: id, running_phase: phase, running_progress: percent }: TargetStatus): Html | string {
  if (typeof id !== "string") return "";
  return progressBar(phase ?? "", percent ?? 0);
}

function runs({ revision: hash, active_ref_kind: kind, active_ref_name: name }: TargetStatus): Html {
  if (typeof hash !== "string") return dash();
  return revisionOf(hash, kind, name);
}

function last({ last_id: id, last_status: status, last_finished_at: at }: TargetStatus, now: Date): Html {
  if (typeof id !== "string" || status === null || status === undefined) return dash();
  const when = typeof at === "string" ? html` <span class="when">${timeAgo(at, now)}</span>` : "";
  return html`<a class="plain" href="${deploymentPath(id)}">${statusWord(status)}</a>${when}`;
}
