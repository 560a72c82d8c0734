import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** Buttons that lead to the pages that ask a person to confirm an action. An undefined entry is left out: its action makes no sense now. */
export function actions(links: readonly (readonly [word: string, path: string] | undefined)[]): Html | string {
  const shown = links.filter((link) => link !== undefined);
  if (shown.length === 0) return "";
  return html`<ul class="actions" aria-label="Actions">
    ${shown.map(([word, path]) => html`<li><a class="button" href="${path}">${word}</a></li>`)}
  </ul>`;
}
