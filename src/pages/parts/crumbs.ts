import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** The way back from a page to the pages above it. */
export function crumbs(...above: readonly { readonly path: string; readonly name: string }[]): Html {
  return html`<nav class="crumbs" aria-label="Breadcrumb">
    <ol>
      ${above.map(
        ({ path, name }) =>
          html`<li>
            <a href="${path}"><bdi>${name}</bdi></a>
          </li>`,
      )}
    </ol>
  </nav>`;
}
