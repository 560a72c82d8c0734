import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { percent } from "./percent.ts";

/** A stretch of time as a bar within a whole, for a table that has the same in numbers. @param from and @param to shares of the whole. */
export function drawSpan(from: number, to: number, look: string): Html {
  const [left, width] = [Math.min(from, 0.995), Math.max(0.005, to - from)];
  return html`<svg class="span is-${look}" width="100%" height="10" aria-hidden="true">
    <rect class="track" width="100%" height="10" rx="3" />
    <rect class="fill" x="${percent(left)}" width="${percent(width)}" height="10" rx="3" />
  </svg>`;
}
