import type { Timeline } from "../../answers/targets/timeline.ts";
import { drawTimeline } from "../drawings/draw-timeline.ts";
import { drawTrend } from "../drawings/draw-trend.ts";
import type { Took } from "../drawings/draw-trend.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { section } from "../parts/section.ts";

/** So many deployments are enough to see a trend. */
const TREND = 40;

/** The recent past of a target as drawings. The table of deployments below them has the same in words. */
export function pastSection(timeline: Timeline): Html | string {
  if (timeline.deployments.length === 0) return "";
  const took = timeline.deployments.flatMap(tookOf).slice(-TREND);
  return html`<div class="columns past" id="past" data-live>
    ${section({ id: "timeline", title: "Timeline", note: "UTC", look: "panel" }, drawTimeline(timeline))}
    ${took.length < 2 ? "" : section({ id: "trend", title: "Durations", look: "panel" }, drawTrend(took))}
  </div>`;
}

/** The statuses of deployments that took the time that they needed. */
const COUNTED: ReadonlySet<string> = new Set(["succeeded", "failed", "rolled_back", "rollback_failed"]);

function tookOf(deployment: Timeline["deployments"][number]): readonly Took[] {
  const { id, revision, status, started_at: from, finished_at: to } = deployment;
  if (!COUNTED.has(status) || from === null || to === null) return [];
  return [{ id, revision, ms: Date.parse(to) - Date.parse(from), hasSucceeded: status === "succeeded" }];
}
