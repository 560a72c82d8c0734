import type { StatisticsDocument, TargetStatistics } from "../../answers/schemas/statistics-document.ts";
import { dayColumns, drawDays } from "../drawings/draw-days.ts";
import { drawSpan } from "../drawings/draw-span.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { strangersText } from "../parts/strangers-text.ts";
import { share, span, took } from "./figure-words.ts";

/** Everything that the statistics know of one target. */
export function targetFigures(target: TargetStatistics, { since, days }: StatisticsDocument): Html {
  const { dora, durations } = target;
  const figures: readonly (readonly [string, string, string])[] = [
    ["Success", share(target.success_rate), `${target.succeeded} of ${tried(target)} that ran to an end`],
    ["Median", took(durations.median_ms), `95 of 100 within ${took(durations.p95_ms)}`],
    ["Deployments", dora.deployments_per_day.toFixed(2), "live per day"],
    ["Lead time", span(dora.lead_time_ms), "from push to live, median"],
    ["Failed changes", share(dora.change_failure_rate), "share of what went live or was taken back"],
    ["Time to restore", span(dora.time_to_restore_ms), "from failure to live again, median"],
  ];
  return html`<ul class="figure-list">
      ${figures.map(
        ([name, value, help]) =>
          html`<li class="panel">
            <span class="figure-name">${name}</span> <b>${value}</b> <span class="help">${help}</span>
          </li> `,
      )}
    </ul>
    <section class="panel" aria-labelledby="days-title">
      <h2 id="days-title">By day <span class="when">succeeded below, failed above, UTC</span></h2>
      ${drawDays(dayColumns(target.by_day, { since, days }), target.target)}
    </section>
    ${phases(durations)} ${failures(target.failures)}`;
}

function tried({ succeeded, failed, rolled_back, rollback_failed }: TargetStatistics): number {
  return succeeded + failed + rolled_back + rollback_failed;
}

function phases({ phases: all, deployments }: TargetStatistics["durations"]): Html | string {
  if (all.length === 0) return "";
  const longest = Math.max(1, ...all.map(({ p95_ms }) => p95_ms));
  return html`<section aria-labelledby="phases-title">
    <h2 id="phases-title">Phases <span class="when">of the last ${deployments} successes</span></h2>
    <table role="table" class="phases">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Phase</th>
          <th role="columnheader" scope="col" class="number">Median</th>
          <th role="columnheader" scope="col">Compared with the slowest</th>
          <th role="columnheader" scope="col">p95</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${all.map(
          ({ phase, median_ms: median, p95_ms: p95 }) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">${phase.replaceAll("_", " ")}</th>
              <td role="cell" class="number">${took(median)}</td>
              <td role="cell" class="span-cell">${drawSpan(0, median / longest, "done")}</td>
              <td role="cell">${took(p95)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </section>`;
}

function failures(all: TargetStatistics["failures"]): Html | string {
  if (all.length === 0) return "";
  return html`<section aria-labelledby="failures-title">
    <h2 id="failures-title">Common failures</h2>
    <table role="table" class="rows">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Failed in</th>
          <th role="columnheader" scope="col" class="number">Times</th>
          <th role="columnheader" scope="col">Newest reason</th>
          <th role="columnheader" scope="col">Newest</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${all.map(
          ({ step, count, newest, reason }) =>
            html`<tr role="row">
              <th role="rowheader" scope="row">
                ${step === null ? "before its first step" : html`<code>${step}</code>`}
              </th>
              <td role="cell" class="number">${count}</td>
              <td role="cell" data-label="Reason">${strangersText(reason)}</td>
              <td role="cell" data-label="Newest">
                <a href="${deploymentPath(newest)}"><code>${newest}</code></a>
              </td>
            </tr> `,
        )}
      </tbody>
    </table>
  </section>`;
}
