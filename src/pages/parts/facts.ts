import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** A fact with its name. A fact without a value is not shown. */
export type Fact = readonly [name: string, value: Html | string | undefined];

/** Names and values below each other. */
export function factList(facts: readonly Fact[]): Html {
  const shown = facts.filter(([, value]) => value !== undefined && value !== "");
  return html`<dl class="fact-grid">
    ${shown.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
