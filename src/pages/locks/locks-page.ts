import { answerPauses } from "../../answers/pauses/answer-pauses.ts";
import type { FreezeOf, Pauses } from "../../answers/pauses/answer-pauses.ts";
import { targetName } from "../../domain/fraise.ts";
import { lockName } from "../../domain/lock.ts";
import type { Lock } from "../../domain/lock.ts";
import { actPath } from "../acts/act-path.ts";
import { mayAct } from "../acts/may-act.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Page, Viewer } from "../page.ts";
import { mark } from "../parts/status-word.ts";
import { strangersText } from "../parts/strangers-text.ts";
import { targetPath } from "../parts/target-path.ts";
import { timeAgo } from "../parts/time-ago.ts";

/** The locks and freeze windows that keep deployments waiting. */
export const locksPage: Page = {
  path: "/locks",
  async show({ sources, within, viewer, now }) {
    const pauses = await answerPauses(sources, { within, now });
    return {
      title: "Locks and freezes",
      section: "Locks",
      main: html`<div class="page-head">
          <h1>Locks and freezes</h1>
          ${lockForm(pauses, viewer)}
        </div>
        <section id="locks" data-live aria-labelledby="locks-title">
          <h2 id="locks-title">Locks</h2>
          ${pauses.locks.length === 0 ? html`<p class="empty">Nothing is locked.</p>` : lockTable(pauses.locks, viewer, now)}
        </section>
        <section id="freezes" data-live aria-labelledby="freezes-title">
          <h2 id="freezes-title">Freeze windows</h2>
          ${pauses.freezes.length === 0 ? html`<p class="empty">No target that you may know of has a freeze window: fraises.yaml sets them.</p>` : freezeTable(pauses.freezes)}
        </section>`,
    };
  },
};

/** Leads to the page that asks for the reason. */
function lockForm({ targets }: Pauses, viewer: Viewer): Html | string {
  if (!mayAct(viewer) || targets.length === 0) return "";
  return html`<form class="filter" action="/act/lock" method="get">
    <label class="visually-hidden" for="target">Target to lock</label>
    <select id="target" name="target">
      ${targets.map((each) => html`<option>${targetName(each)}</option> `)}
    </select>
    <button type="submit">Lock</button>
  </form>`;
}

function lockTable(locks: readonly Lock[], viewer: Viewer, now: Date): Html {
  return html`<table role="table" class="rows">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Locked</th>
        <th role="columnheader" scope="col">Since</th>
        <th role="columnheader" scope="col">By</th>
        <th role="columnheader" scope="col">Why</th>
        <th role="columnheader" scope="col">Until</th>
        <th role="columnheader" scope="col"><span class="visually-hidden">Action</span></th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${locks.map((lock) => lockRow(lock, viewer, now))}
    </tbody>
  </table>`;
}

function lockRow(lock: Lock, viewer: Viewer, now: Date): Html {
  const isOne = lock.fraise !== "*" && lock.environment !== "*" && lock.job !== "*";
  const name = strangersText(lockName(lock));
  const ofProcess = lock.holder !== "";
  return html`<tr role="row">
    <th role="rowheader" scope="row">${isOne ? html`<a href="${targetPath(lock)}">${name}</a>` : name}</th>
    <td role="cell">${timeAgo(lock.lockedAt, now)}</td>
    <td role="cell" data-label="By">${strangersText(lock.lockedBy)}</td>
    <td role="cell" data-label="Why">
      ${lock.reason === "" ? html`<span class="nothing">no reason</span>` : strangersText(lock.reason)}
    </td>
    <td role="cell" data-label="Until">${ofProcess ? "the process ends" : "somebody unlocks it"}</td>
    <td role="cell" class="cell-act">${unlock(lock, viewer)}</td>
  </tr> `;
}

/** A lock of a living process ends with it, and no page can end it. */
function unlock(lock: Lock, viewer: Viewer): Html | string {
  if (!mayAct(viewer) || lock.holder !== "") return "";
  if (lock.fraise === "*") return html`<code>fraisier unlock --all</code>`;
  const parts = [lock.fraise, lock.environment, lock.job].filter((part) => part !== "*" && part !== "");
  return html`<a class="button small" href="${actPath("unlock", { target: parts.join("/") })}">Unlock</a>`;
}

function freezeTable(freezes: readonly FreezeOf[]): Html {
  return html`<table role="table" class="rows">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Window</th>
        <th role="columnheader" scope="col">Now</th>
        <th role="columnheader" scope="col">For</th>
        <th role="columnheader" scope="col">Why</th>
        <th role="columnheader" scope="col">Ends</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${freezes.map(freezeRow)}
    </tbody>
  </table>`;
}

/** More targets than that are counted, not named. */
const NAMED = 6;

function freezeRow({ window, targets, isNow }: FreezeOf): Html {
  const rest = targets.length - NAMED;
  return html`<tr role="row">
    <th role="rowheader" scope="row">${window.text}</th>
    <td role="cell">${isNow ? mark("freeze", "frozen") : mark("none", "open")}</td>
    <td role="cell" data-label="For">
      ${targets.slice(0, NAMED).map((each) => html`<a href="${targetPath(each)}"><bdi>${targetName(each)}</bdi></a> `)}${rest > 0 ? `and ${rest} more` : ""}
    </td>
    <td role="cell" data-label="Why">
      ${window.reason === "" ? html`<span class="nothing">no reason</span>` : strangersText(window.reason)}
    </td>
    <td role="cell" data-label="Ends">${window.ends}</td>
  </tr> `;
}
