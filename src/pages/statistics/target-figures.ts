import type { StatisticsDocument, TargetStatistics } from "../../answers/schemas/statistics-document.ts";
import { dayColumns, drawDays } from "../drawings/draw-days.ts";
import { drawSpan } from "../drawings/draw-span.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { section } from "../parts/section.ts";
import { strangersText } from "../parts/strangers-text.ts";
import { table } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
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
    ${section(
      { id: "days", title: "By day", note: "succeeded below, failed above, UTC", look: "panel" },
      drawDays(dayColumns(target.by_day, { since, days }), target.target),
    )}
    ${phases(durations)} ${failures(target.failures)}`;
}

function tried({ succeeded, failed, rolled_back, rollback_failed }: TargetStatistics): number {
  return succeeded + failed + rolled_back + rollback_failed;
}

function phases({ phases: all, deployments }: TargetStatistics["durations"]): Html | string {
  if (all.length === 0) return "";
  const longest = Math.max(1, ...all.map(({ p95_ms }) => p95_ms));
  const columns: Columns<(typeof all)[number]> = [
    { name: "Phase", value: ({ phase }) => phase.replaceAll("_", " ") },
    { name: "Median", isNumber: true, value: ({ median_ms: median }) => took(median) },
    {
      name: "Compared with the slowest",
      look: "span-cell",
      value: ({ median_ms: median }) => drawSpan(0, median / longest, "done"),
    },
    { name: "p95", label: "p95", value: ({ p95_ms: p95 }) => took(p95) },
  ];
  return section(
    { id: "phases", title: "Phases", note: `the last ${deployments} successes` },
    table(columns, all, { look: "phases" }),
  );
}

const FAILURES: Columns<TargetStatistics["failures"][number]> = [
  {
    name: "Failed in",
    value: ({ step }) => (step === null ? "before its first step" : html`<code>${step}</code>`),
  },
  { name: "Times", isNumber: true, value: ({ count }) => count },
  { name: "Newest reason", label: "Reason", value: ({ reason }) => strangersText(reason) },
  {
    name: "Newest",
    label: "Newest",
    value: ({ newest }) => html`<a href="${deploymentPath(newest)}"><code>${newest}</code></a>`,
  },
];

function failures(all: TargetStatistics["failures"]): Html | string {
  if (all.length === 0) return "";
  return section({ id: "failures", title: "Common failures" }, table(FAILURES, all, { look: "rows" }));
}
