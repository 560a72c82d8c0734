import type { TargetStatistics } from "../../answers/schemas/statistics-document.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { share, span, took } from "./figure-words.ts";

/** A line of figures for each target. */
export function overviewTable(targets: readonly TargetStatistics[], days: number): Html {
  return html`<table role="table" class="rows figures">
    <caption class="visually-hidden">
      Targets with the figures of the last ${days} days
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Target</th>
        <th role="columnheader" scope="col" class="number">Success</th>
        <th role="columnheader" scope="col" class="number">Ended</th>
        <th role="columnheader" scope="col" class="number">Succeeded</th>
        <th role="columnheader" scope="col" class="number">Failed</th>
        <th role="columnheader" scope="col" class="number">Taken back</th>
        <th role="columnheader" scope="col" class="number">Median</th>
        <th role="columnheader" scope="col" class="number">p95</th>
        <th role="columnheader" scope="col" class="number">Per day</th>
        <th role="columnheader" scope="col" class="number">Lead time</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${targets.map((each) => row(each, days))}
    </tbody>
  </table>`;
}

function row(each: TargetStatistics, days: number): Html {
  const path = `/statistics?${new URLSearchParams({ target: each.target, days: String(days) }).toString()}`;
  const cell = (label: string, value: string | number): Html =>
    html`<td role="cell" class="number" data-label="${label}">${value}</td> `;
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <a href="${path}"><bdi>${each.target}</bdi></a>
    </th>
    <td role="cell" class="number">${share(each.success_rate)}</td>
    ${cell("Ended", each.deployments)} ${cell("Succeeded", each.succeeded)} ${cell("Failed", each.failed)}
    ${cell("Taken back", each.rolled_back + each.rollback_failed)} ${cell("Median", took(each.durations.median_ms))}
    ${cell("p95", took(each.durations.p95_ms))} ${cell("Per day", each.dora.deployments_per_day.toFixed(2))}
    ${cell("Lead time", span(each.dora.lead_time_ms))}
  </tr> `;
}
