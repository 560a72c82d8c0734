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
import { crumbs } from "../parts/crumbs.ts";
import { deliveryPath } from "../parts/delivery-path.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { factList } from "../parts/facts.ts";
import { refName, revision } from "../parts/revision.ts";
import { storyList } from "../parts/story-list.ts";
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
        ${facts(delivery, harmless(about), now)} ${decisionTable(decisions)}
        ${
          story === undefined
            ? ""
            : html`<section id="why" data-live aria-labelledby="why-title">
                <h2 id="why-title">Why</h2>
                ${storyList(story)}
              </section>`
        }
        ${headerTable(delivery.headers)} ${body(delivery)}`,
    };
  },
};

type Delivery = DeliveryDocument["delivery"];

/** A refused delivery cannot be replayed: nothing proves that a forge sent it. */
function replay({ id, verified, body: text }: Delivery, viewer: Viewer): Html | string {
  if (!mayAct(viewer) || verified === 0 || text === null) return "";
  return html`<ul class="actions" aria-label="Actions">
    <li><a class="button" href="${actPath("replay", { delivery: id })}">Replay</a></li>
  </ul>`;
}

function facts(delivery: Delivery, about: string, now: Date): Html {
  const again = delivery.redelivery_of;
  const claimed = delivery.repository === "" && about !== "" ? " (claimed, not proved)" : "";
  return factList([
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

function decisionTable(decisions: DeliveryDocument["decisions"]): Html | string {
  if (decisions.length === 0) return "";
  return html`<section aria-labelledby="decisions-title">
    <h2 id="decisions-title">Decisions</h2>
    <table role="table" class="rows" id="decisions" data-live>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Target</th>
          <th role="columnheader" scope="col">Decision</th>
          <th role="columnheader" scope="col">Push</th>
          <th role="columnheader" scope="col">Why</th>
          <th role="columnheader" scope="col">Deployment</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${decisions.map(decisionRow)}
      </tbody>
    </table>
  </section>`;
}

function decisionRow(each: DeliveryDocument["decisions"][number]): Html {
  const dash = html`<span class="nothing" aria-label="none">–</span>`;
  const ref = harmless(each.ref.replace(/^refs\/(heads|tags)\//, ""));
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      ${each.fraise === "" ? "no target" : html`<a href="${targetPath(each)}"><bdi>${targetName(each)}</bdi></a>`}
    </th>
    <td role="cell">${decisionWord(each.decision)}</td>
    <td role="cell" data-label="Push">
      ${each.revision === "" ? dash : html`${revision(each.revision)} ${refName(undefined, ref)}`}
    </td>
    <td role="cell" data-label="Why">${harmless(each.reason)}</td>
    <td role="cell" data-label="Deployment">
      ${each.deployment_id === null ? dash : html`<a href="${deploymentPath(each.deployment_id)}"><code>${each.deployment_id}</code></a>`}
    </td>
  </tr> `;
}

function headerTable(headers: Delivery["headers"]): Html | string {
  const shown = shownHeaders(headers);
  if (shown.length === 0) return "";
  return html`<section aria-labelledby="headers-title">
    <h2 id="headers-title">Headers</h2>
    <table class="headers">
      <caption class="visually-hidden">
        Headers of the request. Secrets and signatures are hidden.
      </caption>
      <tbody role="rowgroup">
        ${shown.map(
          ([name, value]) =>
            html`<tr role="row">
              <th role="rowheader" scope="row"><code>${name}</code></th>
              <td role="cell">
                ${value === "***" ? html`<span class="nothing">hidden</span>` : html`<code>${value}</code>`}
              </td>
            </tr> `,
        )}
      </tbody>
    </table>
  </section>`;
}

function body(delivery: Delivery): Html {
  const shown = delivery.body === null ? undefined : readableBody(delivery.body);
  return html`<section aria-labelledby="body-title">
    <h2 id="body-title">Body <span class="when">${delivery.body_bytes.toLocaleString("en")} bytes</span></h2>
    ${
      shown === undefined
        ? html`<p class="empty">
            ${
              delivery.verified === 0
                ? "The body of a refused delivery is not kept."
                : "The body was forgotten, as store.keep_payloads_days says."
            }
          </p>`
        : html`<pre class="body" tabindex="0" role="region" aria-label="Text of the body">${shown.text}</pre>
            ${shown.hidden === 0 ? "" : html`<p class="help">${shown.hidden.toLocaleString("en")} more characters are not shown.</p>`}`
    }
  </section>`;
}
