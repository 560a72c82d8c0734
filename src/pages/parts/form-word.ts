import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Viewer } from "../page.ts";

/** The hidden field that every form needs if sending it changes something. */
export function formWord({ formWord: word }: Pick<Viewer, "formWord">): Html {
  return html`<input type="hidden" name="form_word" value="${word}" />`;
}
