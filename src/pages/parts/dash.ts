import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** A cell without a value. @param words the same for screen readers. */
export function dash(words = "nothing"): Html {
  return html`<span class="nothing" role="img" aria-label="${words}">–</span>`;
}
