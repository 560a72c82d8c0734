import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** A fact with its name. A fact without a value is not shown. */
export type Fact = readonly [name: string, value: Html | string | undefined];

/** Names with their values. @param look `facts` has a name beside each value, `fact-grid` above it. */
export function factList(look: "facts" | "fact-grid panel", facts: readonly Fact[]): Html {
  const shown = facts.filter(([, value]) => value !== undefined && value !== "");
  return html`<dl class="${look}">
    ${shown.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
