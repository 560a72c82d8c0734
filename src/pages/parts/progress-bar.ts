import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** How far a deployment is: its phase, and a bar. */
export function progressBar(phase: string, percent: number): Html {
  const words = phase.replaceAll("_", " ");
  return html`<span class="progress"
    ><progress max="100" value="${percent}" aria-label="${words}"></progress
    ><span class="phase">${words} <span class="percent">${percent} %</span></span></span
  >`;
}
