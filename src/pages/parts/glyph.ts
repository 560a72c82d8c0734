import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** The drawings that stand beside words: each one has a shape of its own, so that no colour is needed to tell them apart. */
const SHAPES = {
  good: html`<circle cx="8" cy="8" r="7" /><path class="ink" d="m4.800 8.300 2.200 2.200 4.200-4.700" />`,
  busy: html`<circle class="line faint" cx="8" cy="8" r="6" /><path class="line" d="M8 2a6 6 0 0 1 6 6" />`,
  waiting: html`<circle class="line" cx="8" cy="8" r="6" /><path class="line" d="M8 4.800V8l2.200 1.600" />`,
  bad: html`<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" /><path class="ink" d="m5.500 5.500 5 5m0-5-5 5" />`,
  back: html`<path d="M8 .8 15.200 8 8 15.200.8 8Z" /><path
      class="ink"
      d="M10.800 9.800c0-2-1.200-2.900-2.800-2.900H5.600m1.800-1.800L5.600 6.900l1.800 1.800"
    />`,
  hold: html`<path d="M8 1.200 15.300 14H.7Z" /><path class="ink" d="M8 5.800v3.700m0 1.700v.6" />`,
  lock: html`<rect x="2.500" y="7" width="11" height="8" rx="1.500" /><path class="line" d="M5 7V5a3 3 0 0 1 6 0v2" />`,
  freeze: html`<path
    class="line"
    d="M8 1v14M1.900 4.500l12.200 7m0-7-12.200 7M6 2.200 8 4l2-1.800M6 13.800 8 12l2 1.800"
  />`,
  return: html`<path d="M13.500 1.800v12.400L2.500 8Z" />`,
  none: html`<path class="line" d="M3.500 8h9" />`,
  differs: html`<path class="line" d="M2.500 5.800h11m-11 4.400h11M10.800 2.500l-5.600 11" />`,
} as const;

export type Shape = keyof typeof SHAPES;

/** Drawn once: a board has hundreds of them. */
const drawn = new Map<Shape, Html>();

/** A drawing for a word that stands beside it. */
export function glyph(shape: Shape): Html {
  const known = drawn.get(shape);
  if (known !== undefined) return known;
  const made = html`<svg class="glyph glyph-${shape}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    ${SHAPES[shape]}
  </svg>`;
  drawn.set(shape, made);
  return made;
}
