import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** Attributes of an element; those without a value are left out. */
export function attributes(all: Readonly<Record<string, string | undefined>>): Html {
  const shown = Object.entries(all).filter(([, value]) => value !== undefined && value !== "");
  return html`${shown.map(([name, value], index) => html`${index === 0 ? "" : " "}${name}="${value}"`)}`;
}
