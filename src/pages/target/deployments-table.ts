import type { HistoryDocument } from "../../answers/schemas/history-document.ts";
import { tookInWords } from "../../domain/time-words.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { refName, revision } from "../parts/revision.ts";
import { statusWord } from "../parts/status-word.ts";
import { strangersText } from "../parts/strangers-text.ts";
import { timeAgo } from "../parts/time-ago.ts";

type Deployment = HistoryDocument["deployments"][number];

/** Deployments of one target, newest first. */
export function deploymentsTable(deployments: readonly Deployment[], now: Date): Html {
  if (deployments.length === 0) return html`<p class="empty">Nothing was deployed here yet.</p>`;
  return html`<table role="table" class="cards deployments">
    <caption class="visually-hidden">
      Deployments, newest first
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Outcome</th>
        <th role="columnheader" scope="col">Revision</th>
        <th role="columnheader" scope="col">Message</th>
        <th role="columnheader" scope="col">By</th>
        <th role="columnheader" scope="col">When</th>
        <th role="columnheader" scope="col">Took</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${deployments.map((each) => row(each, now))}
    </tbody>
  </table>`;
}

function row(deployment: Deployment, now: Date): Html {
  const { id, status, revision: hash, ref_kind: kind, ref_name: ref, message, reason, triggered_by: by } = deployment;
  return html`<tr role="row" id="deployment-${id}">
    <td role="cell" class="cell-outcome"><a class="plain" href="${deploymentPath(id)}">${statusWord(status)}</a></td>
    <td role="cell" data-label="Revision">${revision(hash)}${ref === null ? "" : html` ${refName(kind, ref)}`}</td>
    <td role="cell" class="cell-message">
      ${strangersText(message.split("\n")[0] ?? "")}${reason === "" ? "" : html`<span class="reason">${strangersText(reason)}</span>`}
    </td>
    <td role="cell" data-label="By">${strangersText(by)}</td>
    <td role="cell" data-label="When">
      ${timeAgo(deployment.finished_at ?? deployment.started_at ?? deployment.queued_at, now)}
    </td>
    <td role="cell" class="number" data-label="Took">${took(deployment)}</td>
  </tr> `;
}

function took({ started_at: started, finished_at: finished }: Deployment): string {
  return started === null || finished === null ? "–" : tookInWords(Date.parse(finished) - Date.parse(started));
}
