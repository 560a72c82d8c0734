import { answerDeliveries } from "../../answers/deliveries/answer-deliveries.ts";
import type { DeliveriesDocument } from "../../answers/schemas/deliveries-document.ts";
import { targetName } from "../../domain/fraise.ts";
import { harmless } from "../../domain/harmless.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Page } from "../page.ts";
import { dash } from "../parts/dash.ts";
import { deliveryPath } from "../parts/delivery-path.ts";
import { pushed } from "../parts/revision.ts";
import { table } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
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
        ${page.deliveries.length === 0 ? nothing(filter) : table(columns(now), page.deliveries, LIST)}
        ${pager(deliveriesPath(filter), before, page.next === null ? undefined : deliveriesPath(filter, page.next))}`,
    };
  },
};

type Delivery = DeliveriesDocument["deliveries"][number];

const LIST = {
  caption: "Deliveries, newest first",
  look: "rows deliveries",
  liveId: "deliveries",
  id: ({ id }: Delivery) => `delivery-${id}`,
};

const columns: (now: Date) => Columns<Delivery> = (now) => [
  { name: "Received", value: ({ id, received_at: at }) => html`<a href="${deliveryPath(id)}">${timeAgo(at, now)}</a>` },
  { name: "Decision", value: ({ decision }) => decisionWord(decision) },
  { name: "From", label: "From", value: sender },
  { name: "Push", label: "Push", value: push },
  { name: "For", label: "For", value: aims },
  {
    name: "Why",
    label: "Why",
    value: ({ reason, decisions }) => harmless(reason === "" ? (decisions[0]?.reason ?? "") : reason),
  },
];

function sender({
  repository: proved,
  claimed_repository: claimed,
  remote_address: from,
  ...delivery
}: Delivery): Html {
  const repository = proved === "" ? claimed : proved;
  return html`<bdi>${harmless(repository === "" ? from : repository)}</bdi>
    <span class="when">${harmless(delivery.forge)} ${harmless(delivery.event_name)}</span>`;
}

function push({ decisions }: Delivery): Html {
  const known = decisions.find((each) => each.revision !== "");
  return known === undefined ? dash("nothing") : pushed(known);
}

function aims({ decisions }: Delivery): Html {
  const meant = decisions.filter(({ fraise }) => fraise !== "");
  // A push to a repository of many targets is ignored by most of them.
  const taken = meant.filter(({ decision }) => decision !== "ignored");
  const targets = taken.length === 0 ? meant.slice(0, MOST_NAMED) : taken;
  if (targets.length === 0) return dash("no target");
  return html`${targets.map(
    (each) =>
      html`<div>
        <a href="${targetPath(each)}"><bdi>${targetName(each)}</bdi></a>
      </div> `,
  )}`;
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
