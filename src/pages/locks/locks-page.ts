import { answerPauses } from "../../answers/pauses/answer-pauses.ts";
import type { FreezeOf, Pauses } from "../../answers/pauses/answer-pauses.ts";
import { targetName } from "../../domain/fraise.ts";
import { lockName } from "../../domain/lock.ts";
import { actPath } from "../acts/act-path.ts";
import { mayAct } from "../acts/may-act.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Page, Viewer } from "../page.ts";
import { section } from "../parts/section.ts";
import { mark } from "../parts/status-word.ts";
import { strangersText } from "../parts/strangers-text.ts";
import { table } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
import { targetPath } from "../parts/target-path.ts";
import { timeAgo } from "../parts/time-ago.ts";

type Lock = Pauses["locks"][number];

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
        ${section(
          { id: "locks", title: "Locks", isLive: true },
          pauses.locks.length === 0
            ? html`<p class="empty">Nothing is locked.</p>`
            : table(lockColumns(viewer, now), pauses.locks, { look: "rows" }),
        )}
        ${section(
          { id: "freezes", title: "Freeze windows", isLive: true },
          pauses.freezes.length === 0
            ? html`<p class="empty">No target that you may know of has a freeze window: fraises.yaml sets them.</p>`
            : table(FREEZES, pauses.freezes, { look: "rows" }),
        )}`,
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

const lockColumns = (viewer: Viewer, now: Date): Columns<Lock> => [
  { name: "Locked", value: lockedName },
  { name: "Since", value: ({ locked_at: at }) => timeAgo(at, now) },
  { name: "By", label: "By", value: ({ locked_by: by }) => strangersText(by) },
  { name: "Why", label: "Why", value: ({ reason }) => why(reason) },
  {
    name: "Until",
    label: "Until",
    value: ({ holder }) => (holder === "" ? "somebody unlocks it" : "the process ends"),
  },
  { name: "Action", hasHiddenName: true, look: "cell-act", value: (lock) => unlock(lock, viewer) },
];

/** The target that is locked, with a link to it, or the words for all targets that the lock covers. */
function lockedName(lock: Lock): Html {
  const name = strangersText(lockName(lock));
  const isOne = lock.fraise !== "*" && lock.environment !== "*" && lock.job !== "*";
  return isOne ? html`<a href="${targetPath(lock)}">${name}</a>` : name;
}

function why(reason: string): Html {
  return reason === "" ? html`<span class="nothing">no reason</span>` : strangersText(reason);
}

/** A lock of a living process ends with it, and no page can end it. */
function unlock(lock: Lock, viewer: Viewer): Html | string {
  if (!mayAct(viewer) || lock.holder !== "") return "";
  if (lock.fraise === "*") return html`<code>fraisier unlock --all</code>`;
  const parts = [lock.fraise, lock.environment, lock.job].filter((part) => part !== "*" && part !== "");
  return html`<a class="button small" href="${actPath("unlock", { target: parts.join("/") })}">Unlock</a>`;
}

/** If a window is for more targets than this, the rest of them is counted. */
const NAMED = 6;

const FREEZES: Columns<FreezeOf> = [
  { name: "Window", value: ({ window }) => window.text },
  { name: "Now", value: ({ isNow }) => (isNow ? mark("freeze", "frozen") : mark("none", "open")) },
  { name: "For", label: "For", value: frozenTargets },
  { name: "Why", label: "Why", value: ({ window }) => why(window.reason) },
  { name: "Ends", label: "Ends", value: ({ window }) => window.ends },
];

function frozenTargets({ targets }: FreezeOf): Html {
  const rest = targets.length - NAMED;
  return html`${targets.slice(0, NAMED).map((each) => html`<a href="${targetPath(each)}"><bdi>${targetName(each)}</bdi></a> `)}${rest > 0 ? `and ${rest} more` : ""}`;
}
