import { fromNow } from "../../domain/time-words.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** `3 min ago`, which the script keeps true; the exact time shows on hovering. */
export function timeAgo(at: string, now: Date): Html {
  return html`<time datetime="${at}" title="${exactTime(at)}" data-ago
    >${fromNow(Date.parse(at) - now.getTime())}</time
  >`;
}

/** HTML that is cut at the words of its relative times, so that these can be told for a later moment. */
export interface CutAtTimes {
  readonly pieces: readonly string[];
  /** The times between the pieces, in milliseconds since 1970. */
  readonly times: readonly number[];
}

/** The words that timeAgo() writes. */
const WORDS = /(?<=<time datetime="([^"]*)" title="[^"]*" data-ago\s*>)[^<]*/;

export function cutAtTimes(drawn: string): CutAtTimes {
  // Each piece is followed by the time that the expression captures.
  const parts = drawn.split(WORDS);
  return {
    pieces: parts.filter((_, index) => index % 2 === 0),
    times: parts.filter((_, index) => index % 2 === 1).map((at) => Date.parse(at)),
  };
}

/** The HTML with the words that are right now. */
export function toldAt({ pieces, times }: CutAtTimes, now: Date): string {
  const ms = now.getTime();
  return pieces.reduce((text, piece, index) => `${text}${fromNow((times[index - 1] ?? ms) - ms)}${piece}`);
}

/** `23:41:03`, with the day shown on hovering. */
export function clockTime(at: string): Html {
  return html`<time datetime="${at}" title="${exactTime(at)}">${at.slice(11, 19)}</time>`;
}

function exactTime(at: string): string {
  return `${at.slice(0, 19).replace("T", " ")} UTC`;
}
