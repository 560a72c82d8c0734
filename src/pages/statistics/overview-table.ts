import type { TargetStatistics } from "../../answers/schemas/statistics-document.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { table } from "../parts/table.ts";
import type { Column, Columns } from "../parts/table.ts";
import { share, span, took } from "./figure-words.ts";

/** A line of figures for each target. */
export function overviewTable(targets: readonly TargetStatistics[], days: number): Html {
  const path = (target: string): string =>
    `/statistics?${new URLSearchParams({ target, days: String(days) }).toString()}`;
  const columns: Columns<TargetStatistics> = [
    { name: "Target", value: ({ target }) => html`<a href="${path(target)}"><bdi>${target}</bdi></a>` },
    { name: "Success", look: "cell-success", isNumber: true, value: ({ success_rate: rate }) => share(rate) },
    figure("Ended", ({ deployments }) => deployments),
    figure("Succeeded", ({ succeeded }) => succeeded),
    figure("Failed", ({ failed }) => failed),
    figure("Taken back", ({ rolled_back: back, rollback_failed: notBack }) => back + notBack),
    figure("Median", ({ durations }) => took(durations.median_ms)),
    figure("p95", ({ durations }) => took(durations.p95_ms)),
    figure("Per day", ({ dora }) => dora.deployments_per_day.toFixed(2)),
    figure("Lead time", ({ dora }) => span(dora.lead_time_ms)),
  ];
  return table(columns, targets, {
    caption: `Targets with the figures of the last ${days} days`,
    look: "rows figures",
  });
}

function figure(name: string, value: (target: TargetStatistics) => string | number): Column<TargetStatistics> {
  return { name, label: name, isNumber: true, value };
}
