import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { TargetStatistics } from "../../answers/schemas/statistics-document.ts";
import { percent } from "./percent.ts";

const DAY_MS = 86_400_000;
const HEIGHT = 84;
const TOP = 16;
const BAR_SHARE = 0.74;
/** More columns are too thin for a phone: then a column stands for several days. */
const MOST_COLUMNS = 60;

/** A column of the drawing: a day, or several days in a row. */
export interface DayColumn {
  readonly first: string;
  readonly last: string;
  readonly succeeded: number;
  readonly failed: number;
}

/** The columns of a window of days, oldest first; days without a deployment are among them. Pure. @param since the first day, `2026-11-21`. */
export function dayColumns(
  byDay: TargetStatistics["by_day"],
  { since, days }: { readonly since: string; readonly days: number },
): readonly DayColumn[] {
  const size = Math.ceil(days / MOST_COLUMNS);
  const count = Math.ceil(days / size);
  const dayOf = (index: number): string => new Date(Date.parse(since) + index * DAY_MS).toISOString().slice(0, 10);
  return Array.from({ length: count }, (_, column) => {
    const first = dayOf(column * size);
    const last = dayOf(Math.min(days, (column + 1) * size) - 1);
    const inside = byDay.filter(({ day }) => day >= first && day <= last);
    return {
      first,
      last,
      succeeded: inside.reduce((sum, each) => sum + each.succeeded, 0),
      failed: inside.reduce((sum, each) => sum + each.failed, 0),
    };
  });
}

/** Successes by day, with the failures on top of them. @param name of the target, for the title. */
export function drawDays(columns: readonly DayColumn[], name: string): Html {
  const most = Math.max(1, ...columns.map(({ succeeded, failed }) => succeeded + failed));
  const slot = 1 / Math.max(1, columns.length);
  const px = (count: number): number => ((HEIGHT - TOP) * count) / most;
  const bars = columns.map(({ first, last, succeeded, failed }, index) => {
    if (succeeded + failed === 0) return "";
    const [x, width] = [percent((index + (1 - BAR_SHARE) / 2) * slot), percent(BAR_SHARE * slot)];
    const [good, bad] = [px(succeeded), px(failed)];
    const words = `${first === last ? first : `${first} to ${last}`}: ${succeeded} succeeded, ${failed} failed`;
    return html`<g
      ><title>${words}</title
      ><rect
        class="bar is-succeeded"
        x="${x}"
        y="${(HEIGHT - good).toFixed(1)}"
        width="${width}"
        height="${good.toFixed(1)}" /><rect
        class="bar is-failed"
        x="${x}"
        y="${(HEIGHT - good - bad).toFixed(1)}"
        width="${width}"
        height="${bad.toFixed(1)}"
    /></g>`;
  });
  const sum = (key: "succeeded" | "failed"): number => columns.reduce((total, each) => total + each[key], 0);
  const [first, last] = [columns[0]?.first ?? "", columns.at(-1)?.last ?? ""];
  return html`<figure class="drawing days">
    <svg
      role="img"
      aria-label="${name} by day: ${sum("succeeded")} succeeded and ${sum("failed")} failed from ${first} to ${last}"
      width="100%"
      height="${HEIGHT + 18}"
    >
      ${bars}
      <line class="axis" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}" />
      <text class="tick-label" x="0" y="${TOP - 5}">${most}</text>
      <text class="tick-label" x="0" y="${HEIGHT + 14}">${first}</text>
      <text class="tick-label" x="100%" y="${HEIGHT + 14}" text-anchor="end">${last}</text>
    </svg>
  </figure>`;
}
