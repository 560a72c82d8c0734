import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** Links to the pages that ask before something is done. A link that is undefined makes no sense now. */
export function actions(links: readonly (readonly [word: string, path: string] | undefined)[]): Html | string {
  const shown = links.filter((link) => link !== undefined);
  if (shown.length === 0) return "";
  return html`<ul class="actions" aria-label="Actions">
    ${shown.map(([word, path]) => html`<li><a class="button" href="${path}">${word}</a></li>`)}
  </ul>`;
}
