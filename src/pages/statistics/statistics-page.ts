import { answerStatistics } from "../../answers/statistics/answer-statistics.ts";
import type { StatisticsDocument } from "../../answers/schemas/statistics-document.ts";
import { targetName } from "../../domain/fraise.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { onlyWithin } from "../../answers/within.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Page } from "../page.ts";
import { keyOf } from "../parts/key-of.ts";
import { overviewTable } from "./overview-table.ts";
import { targetFigures } from "./target-figures.ts";

/** Windows of time that can be chosen, in days. */
const WINDOWS = [7, 30, 90, 365] as const;

/** How deployments fared: an overview of all targets, and everything about one. */
export const statisticsPage: Page = {
  path: "/statistics",
  async show({ sources, query, within }) {
    const days = WINDOWS.find((each) => String(each) === query["days"]) ?? 30;
    const known = onlyWithin<TargetKey>([...sources.config.targets, ...(await sources.store.targets.status())], within);
    const names = [...new Set(known.map(targetName))].toSorted();
    const chosen = names.find((each) => each === query["target"]) ?? (names.length === 1 ? names[0] : undefined);
    const targets = chosen === undefined ? {} : keyOf({ target: chosen });
    const statistics = await answerStatistics(sources.store, { targets, days, within });
    return {
      title: chosen === undefined ? "Statistics" : `Statistics of ${chosen}`,
      section: "Statistics",
      main: html`<div class="page-head">
          <h1>Statistics</h1>
          ${form(names, chosen, days)}
        </div>
        <div id="statistics" data-live>${content(statistics, chosen)}</div>`,
    };
  },
};

function content(statistics: StatisticsDocument, chosen: string | undefined): Html {
  const { targets, since, days } = statistics;
  const [first] = targets;
  if (first === undefined) return html`<p class="empty">No deployment has ended since ${since}.</p>`;
  return chosen === undefined ? overviewTable(targets, days) : targetFigures(first, statistics);
}

function form(names: readonly string[], chosen: string | undefined, days: number): Html {
  return html`<form class="filter" action="/statistics" method="get">
    <label class="visually-hidden" for="target">Target</label>
    <select id="target" name="target">
      <option value="">every target</option>
      ${names.map((each) => html`<option ${each === chosen ? html`selected` : ""}>${each}</option> `)}
    </select>
    <label class="visually-hidden" for="days">Window of time</label>
    <select id="days" name="days">
      ${WINDOWS.map((each) => html`<option value="${each}" ${each === days ? html`selected` : ""}>the last ${each} days</option> `)}
    </select>
    <button type="submit">Show</button>
  </form>`;
}
