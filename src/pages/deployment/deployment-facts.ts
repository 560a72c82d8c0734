import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { readOptions } from "../../domain/deployment-options.ts";
import { harmless } from "../../domain/harmless.ts";
import { tookInWords } from "../../domain/time-words.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deliveryPath } from "../parts/delivery-path.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { factList } from "../parts/facts.ts";
import { refName, revision } from "../parts/revision.ts";
import { timeAgo } from "../parts/time-ago.ts";

type Row = DeploymentDocument["deployment"];

interface Beside {
  /** The deliveries that asked for it. */
  readonly deliveries: readonly string[];
  /** The page of the forge that shows the change. */
  readonly diffUrl: string | undefined;
  readonly now: Date;
}

const TRIGGERS: Readonly<Record<Row["trigger"], string>> = {
  delivery: "pushed",
  person: "asked for it",
  schedule: "set its schedule",
  rollback: "asked for the rollback",
  sweep: "found it in a sweep",
};

/** The revision, where it came from, who wants it, and what stands beside it in the history. */
export function deploymentFacts(row: Row, { deliveries, diffUrl, now }: Beside): Html {
  const link = (id: string | null): Html | undefined =>
    id === null ? undefined : html`<a href="${deploymentPath(id)}"><code>${id}</code></a>`;
  const when = (at: string | null): Html | undefined => (at === null ? undefined : timeAgo(at, now));
  const forge =
    diffUrl === undefined ? "" : html` <a href="${diffUrl}" rel="noreferrer">Show the change at the forge</a>`;
  const { previous_revision: previous, override_by: by } = row;
  return factList("fact-grid panel", [
    [
      "Revision",
      html`${revision(row.revision)}${row.ref_name === null ? "" : html` ${refName(row.ref_kind, row.ref_name)}`}${forge}`,
    ],
    [
      "Message",
      row.message === "" ? undefined : html`<bdi class="message">${harmless(row.message.split("\n")[0] ?? "")}</bdi>`,
    ],
    ["Before it", previous === null ? "nothing ran" : html`${revision(previous)} ${link(row.previous_deployment_id)}`],
    ["By", html`<bdi>${harmless(row.triggered_by)}</bdi> ${TRIGGERS[row.trigger]}`],
    [
      "Delivery",
      deliveries.length === 0
        ? undefined
        : html`${deliveries.map((id) => html`<a href="${deliveryPath(id)}"><code>${id}</code></a> `)}`,
    ],
    ["Queued", when(row.queued_at)],
    [
      "Started",
      row.started_at === null ? undefined : html`${when(row.started_at)}${waited(row.queued_at, row.started_at)}`,
    ],
    ["Ended", when(row.finished_at)],
    ["Options", optionWords(row.options)],
    ["Goes back to", link(row.returns_to)],
    ["Replaced by", link(row.superseded_by)],
    ["Retry", row.retry === 0 ? undefined : html`${row.retry} of ${row.retry_limit}, of ${link(row.retry_of)}`],
    ["Starts", row.status === "queued" ? when(row.not_before) : undefined],
    ["Override", by === null ? undefined : html`<bdi>${by}</bdi>: <bdi>${row.override_reason}</bdi>`],
    ["Cancelled by", row.cancel_requested_by === null ? undefined : html`<bdi>${row.cancel_requested_by}</bdi>`],
  ]);
}

function waited(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return ms < 1000 ? "" : `, after it had waited for ${tookInWords(ms)}`;
}

function optionWords(text: string): string | undefined {
  const { groups = [], skip_groups: skipped = [], ...flags } = readOptions(text);
  const words = [
    ...(groups.length === 0 ? [] : [`only the groups ${groups.join(", ")}`]),
    ...(skipped.length === 0 ? [] : [`without the groups ${skipped.join(", ")}`]),
    ...Object.keys(flags).map((name) => name.replaceAll("_", " ")),
  ];
  return words.length === 0 ? undefined : words.join("; ");
}
