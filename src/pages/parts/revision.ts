import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { harmless } from "../../domain/harmless.ts";
import { attributes } from "./attributes.ts";
import { strangersText } from "./strangers-text.ts";

/** The beginning of a revision; the whole of it shows on hovering. */
export function revision(hash: string): Html {
  return html`<code class="revision" title="${hash}">${hash.slice(0, 8)}</code>`;
}

/** A longer name may be cut on a page; then the whole of it shows on hovering. */
const LONG = 16;

/** The name of a branch or tag. */
export function refName(kind: string | null | undefined, name: string): Html {
  return html`<span class="ref" ${name.length > LONG ? attributes({ title: harmless(name) }) : ""}
    ><span class="visually-hidden">${kind ?? "ref"} </span>${strangersText(name)}</span
  >`;
}

/** The revision and the branch or tag of a push. @param push its reference in git's long form, `refs/heads/main`. */
export function pushed(push: { readonly revision: string; readonly ref: string }): Html {
  return html`${revision(push.revision)} ${refName(undefined, push.ref.replace(/^refs\/(heads|tags)\//, ""))}`;
}

/** A revision with the branch or tag that it came from, if that is known. */
export function revisionOf(hash: string, kind: string | null | undefined, name: string | null | undefined): Html {
  return html`${revision(hash)}${typeof name === "string" ? html` ${refName(kind, name)}` : ""}`;
}
