import { missedBy, wantedText, withUnit } from "./figure.ts";
import type { Figure } from "./figure.ts";

/** A figure of one run. */
export interface Point {
  /** The day of the run. */
  readonly at: string;
  readonly revision: string;
  readonly figure: Figure;
}

const WIDTH = 440;
const HEIGHT = 96;
const LEFT = 12;
const RIGHT = 328;
const TOP = 14;
const BOTTOM = 76;

/** Pure: an SVG of a figure in the runs that were kept, oldest first, with a line at what is wanted. It begins at 0, so that heights can be compared. */
export function chart(points: readonly Point[]): string {
  const newest = points.at(-1);
  if (newest === undefined) throw new Error("a chart needs a run");
  const { figure } = newest;
  const limit = "most" in figure.wanted ? figure.wanted.most : figure.wanted.least;
  const top = Math.max(limit, ...points.map(({ figure: each }) => each.value)) * 1.1 || 1;
  const y = (value: number): number => round(BOTTOM - ((BOTTOM - TOP) * Math.max(0, value)) / top);
  const x = (index: number): number =>
    points.length === 1 ? RIGHT : round(LEFT + ((RIGHT - LEFT) * index) / (points.length - 1));
  const line = points.map((point, index) => `${x(index)},${y(point.figure.value)}`).join(" ");
  const dots = points.map(
    (point, index) =>
      `<circle class="${missedBy(point.figure) > 0 ? "missed" : "met"}" cx="${x(index)}" cy="${y(point.figure.value)}" r="4"><title>${escape(
        `${point.at.slice(0, 10)} ${point.revision}: ${withUnit(point.figure.value, point.figure)}`,
      )}</title></circle>`,
  );
  const title = `${withUnit(figure.value, figure)}, wanted ${wantedText(figure)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escape(title)}">
<style>
text { font: 12px system-ui, sans-serif; fill: #57606a } .value { font-size: 15px; font-weight: 600; fill: #1f2328 }
.axis { stroke: #d0d7de } .wanted { stroke: #57606a; stroke-dasharray: 4 3 } polyline { fill: none; stroke: #8c959f; stroke-width: 1.5 }
.met { fill: #1a7f37 } .missed { fill: #bc4c00 }
@media (prefers-color-scheme: dark) { text { fill: #9198a1 } .value { fill: #f0f6fc } .axis { stroke: #3d444d } .wanted { stroke: #9198a1 } .met { fill: #3fb950 } .missed { fill: #f0883e } }
</style>
<line class="axis" x1="${LEFT}" y1="${BOTTOM}" x2="${RIGHT}" y2="${BOTTOM}"/>
<line class="wanted" x1="${LEFT}" y1="${y(limit)}" x2="${RIGHT}" y2="${y(limit)}"/>
<polyline points="${line}"/>
${dots.join("\n")}
<text class="value" x="${RIGHT + 14}" y="${middle(y(figure.value))}">${escape(withUnit(figure.value, figure))}</text>
<text x="${RIGHT + 14}" y="${middle(y(figure.value)) + 16}">${escape(wantedText(figure))}</text>
<text x="${LEFT}" y="${HEIGHT - 4}">${(points[0] ?? newest).at.slice(0, 10)}</text>
<text x="${RIGHT}" y="${HEIGHT - 4}" text-anchor="end">${points.length === 1 ? "" : newest.at.slice(0, 10)}</text>
</svg>
`;
}

/** Both lines of the label stay inside. */
function middle(at: number): number {
  return Math.min(Math.max(at + 2, 16), HEIGHT - 24);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
