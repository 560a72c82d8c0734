import { answerDelivery } from "../../answers/deliveries/answer-delivery.ts";
import type { DeliveryDocument } from "../../answers/schemas/delivery-document.ts";
import { whyDelivery } from "../../answers/stories/answer-why.ts";
import { targetName } from "../../domain/fraise.ts";
import { harmless } from "../../domain/harmless.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { actPath } from "../acts/act-path.ts";
import { mayAct } from "../acts/may-act.ts";
import type { Page, Viewer } from "../page.ts";
import { actions } from "../parts/actions.ts";
import { crumbs } from "../parts/crumbs.ts";
import { dash } from "../parts/dash.ts";
import { deliveryPath } from "../parts/delivery-path.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { factList } from "../parts/facts.ts";
import { pushed } from "../parts/revision.ts";
import { section } from "../parts/section.ts";
import { storySection } from "../parts/story-section.ts";
import { table } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
import { targetPath } from "../parts/target-path.ts";
import { timeAgo } from "../parts/time-ago.ts";
import { decisionWord } from "./decision-word.ts";
import { readableBody, shownHeaders } from "./delivery-body.ts";

/** The page of a delivery: what was decided for each target, and what came with it. */
export const deliveryPage: Page = {
  path: "/deliveries/:id",
  async show({ sources, path, within, viewer, now }) {
    const document = await answerDelivery(sources.store, path["id"] ?? "", within);
    if (document === undefined) return undefined;
    const { delivery, decisions } = document;
    const story = await whyDelivery({ ...sources, host: undefined, within }, delivery.id);
    const about = delivery.repository === "" ? delivery.claimed_repository : delivery.repository;
    return {
      title: `Delivery ${delivery.id}`,
      section: "Deliveries",
      main: html`${crumbs({ path: "/deliveries", name: "Deliveries" })}
        <div class="page-head">
          <h1>Delivery <code>${delivery.id}</code></h1>
          ${decisionWord(delivery.decision)}${replay(delivery, viewer)}
        </div>
        ${facts(delivery, harmless(about), now)} ${decisionTable(decisions)} ${storySection(story)}
        ${headerTable(delivery.headers)} ${body(delivery)}`,
    };
  },
};

type Delivery = DeliveryDocument["delivery"];

/** A refused delivery cannot be replayed: nothing proves that a forge sent it. */
function replay({ id, verified, body: text }: Delivery, viewer: Viewer): Html | string {
  if (!mayAct(viewer) || verified === 0 || text === null) return "";
  return actions([["Replay", actPath("replay", { delivery: id })]]);
}

function facts(delivery: Delivery, about: string, now: Date): Html {
  const again = delivery.redelivery_of;
  const claimed = delivery.repository === "" && about !== "" ? " (claimed, not proved)" : "";
  return factList("fact-grid panel", [
    ["Received", timeAgo(delivery.received_at, now)],
    ["Forge", delivery.forge === "" ? "unknown" : harmless(delivery.forge)],
    ["Event", harmless(delivery.event_name)],
    ["Repository", about === "" ? undefined : html`<bdi>${about}</bdi>${claimed}`],
    ["From", harmless(delivery.remote_address)],
    ["Answered", String(delivery.http_status)],
    ["Proof", proofOf(delivery)],
    ["Forge's id", delivery.delivery_id === null ? undefined : html`<code>${harmless(delivery.delivery_id)}</code>`],
    ["Repeats", again === null ? undefined : html`<a href="${deliveryPath(again)}"><code>${again}</code></a>`],
    ["Reason", harmless(delivery.reason)],
  ]);
}

function proofOf({ verified, proof, proof_secret: secret, proof_key: key }: Delivery): string {
  if (verified === 0) return "none";
  return secret === null ? proof : `${proof}, by secret ${secret} of ${key}`;
}

type Decision = DeliveryDocument["decisions"][number];

const DECISIONS: Columns<Decision> = [
  {
    name: "Target",
    value: (each) =>
      each.fraise === "" ? "no target" : html`<a href="${targetPath(each)}"><bdi>${targetName(each)}</bdi></a>`,
  },
  { name: "Decision", value: ({ decision }) => decisionWord(decision) },
  { name: "Push", label: "Push", value: (each) => (each.revision === "" ? dash() : pushed(each)) },
  { name: "Why", label: "Why", value: ({ reason }) => harmless(reason) },
  {
    name: "Deployment",
    label: "Deployment",
    value: ({ deployment_id: id }) =>
      id === null ? dash("none") : html`<a href="${deploymentPath(id)}"><code>${id}</code></a>`,
  },
];

function decisionTable(decisions: readonly Decision[]): Html | string {
  if (decisions.length === 0) return "";
  return section({ id: "decisions", title: "Decisions", isLive: true }, table(DECISIONS, decisions, { look: "rows" }));
}

const HEADERS: Columns<readonly [name: string, value: string]> = [
  { name: "Name", value: ([name]) => html`<code>${name}</code>` },
  {
    name: "Value",
    value: ([, value]) => (value === "***" ? html`<span class="nothing">hidden</span>` : html`<code>${value}</code>`),
  },
];

function headerTable(headers: Delivery["headers"]): Html | string {
  const shown = shownHeaders(headers);
  if (shown.length === 0) return "";
  const caption = "Headers of the request. Secrets and signatures are hidden.";
  return section(
    { id: "headers", title: "Headers" },
    table(HEADERS, shown, { caption, look: "headers", hasHiddenHead: true }),
  );
}

function body({ body: text, body_bytes: bytes, verified }: Delivery): Html {
  const heading = { id: "body", title: "Body", note: `${bytes.toLocaleString("en")} bytes` };
  if (text === null)
    return section(
      heading,
      html`<p class="empty">
        ${
          verified === 0
            ? "The body of a refused delivery is not kept."
            : "The body was forgotten, as store.keep_payloads_days says."
        }
      </p>`,
    );
  const shown = readableBody(text);
  return section(
    heading,
    html`<pre class="body" tabindex="0" role="region" aria-label="Text of the body">${shown.text}</pre>
      ${shown.hidden === 0 ? "" : html`<p class="help">${shown.hidden.toLocaleString("en")} more characters are not shown.</p>`}`,
  );
}
