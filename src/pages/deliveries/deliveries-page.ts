import { answerDeliveries } from "../../answers/deliveries/answer-deliveries.ts";
import type { DeliveriesDocument } from "../../answers/schemas/deliveries-document.ts";
import { targetName } from "../../domain/fraise.ts";
import { harmless } from "../../domain/harmless.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Page } from "../page.ts";
import { deliveryPath } from "../parts/delivery-path.ts";
import { refName, revision } from "../parts/revision.ts";
import { targetPath } from "../parts/target-path.ts";
import { timeAgo } from "../parts/time-ago.ts";
import { decisionWord } from "./decision-word.ts";
import { deliveriesFilter, deliveriesPath } from "./deliveries-filter.ts";

const ON_PAGE = 50;
/** If every target ignored a push, so many of them are named. */
const MOST_NAMED = 3;

/** Deliveries of forges, newest first, with what was decided about each. */
export const deliveriesPage: Page = {
  path: "/deliveries",
  async show(asked) {
    const { sources, within, now } = asked;
    const filter = deliveriesFilter(asked);
    const { decision, forge, targets, before, form } = filter;
    const page = await answerDeliveries(sources.store, { decision, forge, targets, before, limit: ON_PAGE, within });
    return {
      title: "Deliveries",
      section: "Deliveries",
      main: html`<div class="page-head">
          <h1>Deliveries</h1>
          ${form}
        </div>
        ${page.deliveries.length === 0 ? nothing(filter) : table(page.deliveries, now)}
        ${pager(deliveriesPath(filter), before, page.next === null ? undefined : deliveriesPath(filter, page.next))}`,
    };
  },
};

type Delivery = DeliveriesDocument["deliveries"][number];

function table(deliveries: readonly Delivery[], now: Date): Html {
  return html`<table role="table" class="rows deliveries">
    <caption class="visually-hidden">
      Deliveries, newest first
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Received</th>
        <th role="columnheader" scope="col">Decision</th>
        <th role="columnheader" scope="col">From</th>
        <th role="columnheader" scope="col">Push</th>
        <th role="columnheader" scope="col">For</th>
        <th role="columnheader" scope="col">Why</th>
      </tr>
    </thead>
    <tbody role="rowgroup" id="deliveries" data-live>
      ${deliveries.map((each) => row(each, now))}
    </tbody>
  </table>`;
}

function row(delivery: Delivery, now: Date): Html {
  const { id, received_at: at, forge, event_name: event, decisions, reason } = delivery;
  const repository = delivery.repository === "" ? delivery.claimed_repository : delivery.repository;
  const push = decisions.find((each) => each.revision !== "");
  const meant = decisions.filter(({ fraise }) => fraise !== "");
  // A push to a repository of many targets is ignored by most of them.
  const taken = meant.filter(({ decision }) => decision !== "ignored");
  const targets = taken.length === 0 ? meant.slice(0, MOST_NAMED) : taken;
  return html`<tr role="row" id="delivery-${id}">
    <th role="rowheader" scope="row"><a href="${deliveryPath(id)}">${timeAgo(at, now)}</a></th>
    <td role="cell">${decisionWord(delivery.decision)}</td>
    <td role="cell" data-label="From">
      <bdi>${harmless(repository === "" ? delivery.remote_address : repository)}</bdi>
      <span class="when">${harmless(forge)} ${harmless(event)}</span>
    </td>
    <td role="cell" data-label="Push">
      ${
        push === undefined
          ? html`<span class="nothing" aria-label="nothing">–</span>`
          : html`${revision(push.revision)} ${refName(undefined, harmless(shortRef(push.ref)))}`
      }
    </td>
    <td role="cell" data-label="For">
      ${
        targets.length === 0
          ? html`<span class="nothing" aria-label="no target">–</span>`
          : targets.map(
              (each) =>
                html`<div>
                  <a href="${targetPath(each)}"><bdi>${targetName(each)}</bdi></a>
                </div> `,
            )
      }
    </td>
    <td role="cell" data-label="Why">${harmless(reason === "" ? (decisions[0]?.reason ?? "") : reason)}</td>
  </tr> `;
}

function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, "");
}

function nothing({ decision, forge, fraise, before }: ReturnType<typeof deliveriesFilter>): Html {
  const isNarrowed = [decision, forge, fraise, before].some((each) => each !== undefined);
  return html`<p class="empty">
    ${isNarrowed ? html`No delivery matches. <a href="/deliveries">Show all</a>` : html`No delivery has arrived yet. On the host, <code>fraisier providers</code> says what to enter at a forge.`}
  </p>`;
}

function pager(newest: string, before: string | undefined, older: string | undefined): Html | string {
  if (before === undefined && older === undefined) return "";
  return html`<nav class="pager" aria-label="Pages">
    ${before === undefined ? "" : html`<a href="${newest}">Newest</a>`}
    ${older === undefined ? "" : html`<a href="${older}" rel="next">Older</a>`}
  </nav>`;
}
