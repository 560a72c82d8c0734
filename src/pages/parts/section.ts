import { html } from "../html.ts";
import type { Html } from "../html.ts";

interface Section {
  readonly id: string;
  readonly title: string;
  /** Explains the title. */
  readonly note?: string;
  readonly look?: string;
  /** The script of the page keeps it true. */
  readonly isLive?: boolean;
  /** Stands beside the title, as a form that narrows what the section shows. */
  readonly beside?: Html;
}

/** A part of a page with a heading. */
export function section(
  { id, title, note, look, isLive = false, beside }: Section,
  content: Html | string | readonly (Html | string)[],
): Html {
  const heading = html`<h2 id="${id}-head">
    ${title}${note === undefined ? "" : html` <span class="when">${note}</span>`}
  </h2>`;
  return html`<section
    id="${id}"
    ${look === undefined ? "" : html`class="${look}"`}
    ${isLive ? html`data-live` : ""}
    aria-labelledby="${id}-head"
  >
    ${beside === undefined ? heading : html`<div class="section-head">${heading} ${beside}</div>`} ${content}
  </section>`;
}
