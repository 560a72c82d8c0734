import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { short } from "../../domain/decision.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { percent } from "./percent.ts";
import { tookInWords } from "../../domain/time-words.ts";

/** A deployment that ended, with the time that it took. */
export interface Took {
  readonly id: string;
  readonly revision: string;
  readonly ms: number;
  readonly hasSucceeded: boolean;
}

const HEIGHT = 132;
const TOP = 22;
const BAR_SHARE = 0.7;
/** A few bars do not fill the whole width. */
const FEWEST = 20;

/** How long the last deployments took, oldest first, as a bar for each. A dashed line stands at the median of the successes. */
export function drawTrend(deployments: readonly Took[]): Html {
  const longest = Math.max(1, ...deployments.map(({ ms }) => ms));
  const slot = 1 / Math.max(FEWEST, deployments.length);
  const median = medianOf(deployments.filter(({ hasSucceeded }) => hasSucceeded));
  const yOf = (ms: number): number => HEIGHT - 1 - ((HEIGHT - TOP) * ms) / longest;
  const bars = deployments.map(({ id, revision, ms, hasSucceeded }, index) => {
    const y = Math.min(yOf(ms), HEIGHT - 3);
    const words = `${short(revision)} ${hasSucceeded ? "took" : "failed after"} ${tookInWords(ms)}`;
    const at = percent((index + (1 - BAR_SHARE) / 2) * slot);
    return html`<a href="${deploymentPath(id)}" tabindex="-1" aria-label="${words}"
      ><title>${words}</title
      ><rect
        class="bar ${hasSucceeded ? "is-succeeded" : "is-failed"}"
        x="${at}"
        y="${y.toFixed(1)}"
        width="${percent(BAR_SHARE * slot)}"
        height="${(HEIGHT - y).toFixed(1)}"
        rx="2"
    /></a>`;
  });
  const line =
    median === undefined
      ? ""
      : html`<line class="median" x1="0" x2="100%" y1="${yOf(median).toFixed(1)}" y2="${yOf(median).toFixed(1)}" />
          <text class="median-name" x="0" y="11">dashed: the median of the successes, ${tookInWords(median)}</text>`;
  return html`<figure class="drawing trend">
    <svg role="group" aria-labelledby="trend-title trend-words" width="100%" height="${HEIGHT + 1}">
      <title id="trend-title">How long the last deployments took</title>
      <desc id="trend-words">${inWords(deployments, median, longest)}</desc>
      ${bars}
      <line class="axis" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}" />
      ${line}
    </svg>
    <ul class="legend">
      <li class="legend-good">went live</li>
      <li class="legend-failed">failed or was taken back</li>
    </ul>
  </figure>`;
}

function inWords(deployments: readonly Took[], median: number | undefined, longest: number): string {
  if (deployments.length === 0) return "No deployment has ended yet.";
  const usual = median === undefined ? "" : ` The median of the successes is ${tookInWords(median)}.`;
  return `${deployments.length} deployments, oldest first. The longest took ${tookInWords(longest)}.${usual}`;
}

function medianOf(deployments: readonly Took[]): number | undefined {
  const sorted = deployments.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1];
}
