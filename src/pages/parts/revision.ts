import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** The beginning of a revision; the whole of it shows on hovering. */
export function revision(hash: string): Html {
  return html`<code class="revision" title="${hash}">${hash.slice(0, 8)}</code>`;
}

/** The name of a branch or tag. A stranger may have chosen it: it cannot turn the direction of the text beside it. */
export function refName(kind: string | null | undefined, name: string): Html {
  return html`<span class="ref"><span class="visually-hidden">${kind ?? "ref"} </span><bdi>${name}</bdi></span>`;
}
