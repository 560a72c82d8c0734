import type { HistoryDocument } from "../../answers/schemas/history-document.ts";
import { tookInWords } from "../../domain/time-words.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { revisionOf } from "../parts/revision.ts";
import { statusWord } from "../parts/status-word.ts";
import { strangersText } from "../parts/strangers-text.ts";
import { table } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
import { timeAgo } from "../parts/time-ago.ts";

type Deployment = HistoryDocument["deployments"][number];

/** Deployments of one target, newest first. */
export function deploymentsTable(deployments: readonly Deployment[], now: Date): Html {
  if (deployments.length === 0) return html`<p class="empty">Nothing was deployed here yet.</p>`;
  return table(columns(now), deployments, {
    caption: "Deployments, newest first",
    look: "rows deployments",
    id: ({ id }) => `deployment-${id}`,
  });
}

const columns = (now: Date): Columns<Deployment> => [
  {
    name: "Outcome",
    look: "cell-outcome",
    value: ({ id, status }) => html`<a class="plain" href="${deploymentPath(id)}">${statusWord(status)}</a>`,
  },
  {
    name: "Revision",
    label: "Revision",
    value: ({ revision, ref_kind: kind, ref_name: name }) => revisionOf(revision, kind, name),
  },
  {
    name: "Message",
    look: "cell-message",
    value: ({ message, reason }) =>
      html`${strangersText(message.split("\n")[0] ?? "")}${reason === "" ? "" : html`<span class="reason">${strangersText(reason)}</span>`}`,
  },
  { name: "By", label: "By", value: ({ triggered_by: by }) => strangersText(by) },
  {
    name: "When",
    look: "cell-when",
    value: ({ queued_at: queued, started_at: started, finished_at: finished }) =>
      timeAgo(finished ?? started ?? queued, now),
  },
  { name: "Took", label: "Took", isNumber: true, value: took },
];

function took({ started_at: started, finished_at: finished }: Deployment): string {
  return started === null || finished === null ? "–" : tookInWords(Date.parse(finished) - Date.parse(started));
}
