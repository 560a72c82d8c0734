import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Timeline, TimelineEntry } from "../../answers/targets/timeline.ts";
import { short } from "../../domain/decision.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { percent } from "./percent.ts";
import { KINDS, kindOf, legend, markAt } from "./outcome.ts";
import { timeScale } from "./time-scale.ts";
import type { TimeScale } from "./time-scale.ts";

/** Marks that would cover each other stand above each other. */
const LEVELS = 5;
const LEVEL_PX = 15;
/** A mark's width as a share of a narrow drawing. */
const APART = 0.035;
const MARKS_PX = LEVELS * LEVEL_PX;
const LIVE_Y = MARKS_PX + 8;
const HOLD_Y = LIVE_Y + 24;
const AXIS_Y = HOLD_Y + 12;
const HEIGHT = AXIS_Y + 22;
/** A narrower stretch has no room for seven letters on a phone. */
const ROOM_FOR_NAME = 0.17;

/** Deployments as marks along the time, the revision that was live below them, and holds below that. The page has the same as a table beside it. */
export function drawTimeline(timeline: Timeline): Html {
  const { deployments, live, holds, since, until } = timeline;
  const scale = timeScale(since, until);
  return html`<figure class="drawing timeline">
    <svg role="group" aria-labelledby="timeline-title timeline-words" width="100%" height="${HEIGHT}">
      <title id="timeline-title">Deployments since ${since.slice(0, 10)}</title>
      <desc id="timeline-words">${inWords(timeline)}</desc>
      ${scale.ticks.map(({ at, label }) => tickAt(at, label))}
      ${live.map((each, index) => stretch(scale, each, { y: LIVE_Y, height: 18, name: `live ${index % 2 === 0 ? "even" : "odd"}`, label: short(each.revision), title: `${short(each.revision)} was live` }))}
      ${holds.map((each) => stretch(scale, each, { y: HOLD_Y, height: 6, name: "hold", label: "", title: `on hold: ${each.reason}` }))}
      <line class="axis" x1="0" x2="100%" y1="${AXIS_Y}" y2="${AXIS_Y}" />
      ${placed(deployments, scale).map(({ entry, at, level }) => linkTo(entry, at, MARKS_PX - LEVEL_PX / 2 - level * LEVEL_PX))}
    </svg>
    ${legend(deployments.map(kindOf), [
      ...(live.length === 0 ? [] : [{ look: "legend-live", words: "live revision" }]),
      ...(holds.length === 0 ? [] : [{ look: "legend-hold", words: "on hold" }]),
    ])}
  </figure>`;
}

/** The drawing in a sentence. */
function inWords({ deployments, holds, live }: Timeline): string {
  const counts = Map.groupBy(deployments, (each) => KINDS[kindOf(each)].words);
  const parts = [...counts].map(([name, { length }]) => `${length} ${name}`);
  const now = live.at(-1);
  const running = now === undefined ? "Nothing is live." : `${short(now.revision)} is live since ${now.from}.`;
  const held = holds.length === 0 ? "" : ` On hold ${holds.length === 1 ? "once" : `${holds.length} times`}.`;
  return `${deployments.length} deployments: ${parts.join(", ")}. ${running}${held}`;
}

function tickAt(at: number, label: string): Html {
  const atEnd = at > 0.94 ? "end" : "middle";
  const anchor = at < 0.06 ? "start" : atEnd;
  return html`<line class="tick" x1="${percent(at)}" x2="${percent(at)}" y1="0" y2="${AXIS_Y}" />
    <text class="tick-label" x="${percent(at)}" y="${AXIS_Y + 16}" text-anchor="${anchor}">${label}</text>`;
}

interface Look {
  readonly y: number;
  readonly height: number;
  readonly name: string;
  readonly label: string;
  readonly title: string;
}

function stretch(
  scale: TimeScale,
  { from, until }: { readonly from: string; readonly until: string | null },
  { y, height, name, label, title }: Look,
): Html {
  const [left, right] = [scale.at(from), scale.at(until)];
  const width = Math.max(0.004, right - left);
  const text =
    label !== "" && width >= ROOM_FOR_NAME
      ? html`<text class="stretch-name" x="6" y="${height - 5}">${label}</text>`
      : "";
  return html`<svg
    class="stretch ${name}"
    x="${percent(Math.min(left, 1 - width))}"
    y="${y}"
    width="${percent(width)}"
    height="${height}"
  >
    <title>${title}, ${from} to ${until ?? "now"}</title>
    <rect width="100%" height="100%" rx="3" />
    ${text}
  </svg>`;
}

interface Placed {
  readonly entry: TimelineEntry;
  readonly at: number;
  readonly level: number;
}

/** Gives each mark the lowest level on which it covers no other. Oldest first. */
function placed(deployments: readonly TimelineEntry[], scale: TimeScale): readonly Placed[] {
  const lastOn: number[] = [];
  return deployments.map((entry) => {
    // Marks at the very edge would be cut.
    const at = 0.015 + 0.97 * scale.at(entry.finished_at ?? entry.started_at ?? entry.queued_at);
    const free = Array.from({ length: LEVELS }, (_, level) => level).find(
      (level) => at - (lastOn[level] ?? -1) >= APART,
    );
    const level = free ?? LEVELS - 1;
    lastOn[level] = at;
    return { entry, at, level };
  });
}

/** The table beside the drawing has the same links for keyboards. */
function linkTo(entry: TimelineEntry, at: number, y: number): Html {
  const { id, revision, finished_at: finished, queued_at: queued } = entry;
  const words = `${short(revision)} ${KINDS[kindOf(entry)].words}, ${finished ?? queued}`;
  return html`<a href="${deploymentPath(id)}" tabindex="-1" aria-label="${words}"
    ><title>${words}</title
    ><rect
      class="grip"
      x="${percent(at)}"
      y="${y - 7.5}"
      width="15"
      height="15"
      transform="translate(-7.5 0)"
    />${markAt(kindOf(entry), percent(at), y)}</a
  >`;
}
