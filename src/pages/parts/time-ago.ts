import { fromNow } from "../../domain/time-words.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** `3 min ago`, which the script keeps true; the exact time shows on hovering. */
export function timeAgo(at: string, now: Date): Html {
  return html`<time datetime="${at}" title="${exactTime(at)}" data-ago
    >${fromNow(Date.parse(at) - now.getTime())}</time
  >`;
}

/** `23:41:03`, with the day shown on hovering. */
export function clockTime(at: string): Html {
  return html`<time datetime="${at}" title="${exactTime(at)}">${at.slice(11, 19)}</time>`;
}

function exactTime(at: string): string {
  return `${at.slice(0, 19).replace("T", " ")} UTC`;
}
