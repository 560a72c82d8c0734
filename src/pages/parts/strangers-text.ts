import { harmless } from "../../domain/harmless.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** A text that a stranger may have written. It cannot turn the direction of the text beside it, nor hide parts of itself. */
export function strangersText(text: string): Html {
  return html`<bdi>${harmless(text)}</bdi>`;
}
