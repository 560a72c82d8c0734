import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** A cell without a value. @param words the same for screen readers. */
export function dash(words = "nothing"): Html {
  // The dash itself is no letter of Latin-1: it would make the text of the whole page twice as large, and slow to encode.
  return html`<span class="nothing" role="img" aria-label="${words}">&ndash;</span>`;
}
