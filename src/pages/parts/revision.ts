import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { strangersText } from "./strangers-text.ts";

/** The beginning of a revision; the whole of it shows on hovering. */
export function revision(hash: string): Html {
  return html`<code class="revision" title="${hash}">${hash.slice(0, 8)}</code>`;
}

/** The name of a branch or tag. */
export function refName(kind: string | null | undefined, name: string): Html {
  return html`<span class="ref"><span class="visually-hidden">${kind ?? "ref"} </span>${strangersText(name)}</span>`;
}
