import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { harmless } from "../../domain/harmless.ts";
import { tookInWords } from "../../domain/time-words.ts";
import { drawSpan } from "../drawings/draw-span.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { phaseSpans } from "./phase-spans.ts";
import type { PhaseSpan } from "./phase-spans.ts";

/** The phases of a deployment with their times, and the steps within them. */
export function phaseTable(document: DeploymentDocument, now: Date): Html | string {
  const spans = phaseSpans(document, now);
  const [first] = spans;
  if (first === undefined) return "";
  const begin = Date.parse(first.from);
  const whole = Math.max(1, Date.parse(spans.at(-1)?.until ?? first.until) - begin);
  const share = (at: string): number => (Date.parse(at) - begin) / whole;
  return html`<section id="phases" data-live aria-labelledby="phases-title">
    <h2 id="phases-title">Phases</h2>
    <table role="table" class="phases">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Phase</th>
          <th role="columnheader" scope="col" class="number">Took</th>
          <th role="columnheader" scope="col">When</th>
          <th role="columnheader" scope="col">Steps</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${spans.map((span) => row(span, share, document.deployment.id))}
      </tbody>
    </table>
  </section>`;
}

function row(span: PhaseSpan, share: (at: string) => number, id: string): Html {
  const { phase, from, until, state, steps } = span;
  const name = phase.replaceAll("_", " ");
  const took = tookInWords(Date.parse(until) - Date.parse(from));
  const log =
    steps.length === 0
      ? html`${name}`
      : html`<a class="plain" href="${deploymentPath(id)}?phase=${phase}#log" title="the log of this phase"
          >${name}</a
        >`;
  return html`<tr role="row" class="phase-${state}">
    <th role="rowheader" scope="row">
      ${log}${state === "done" ? "" : html` <span class="phase-word">${state === "now" ? "now" : "failed"}</span>`}
    </th>
    <td role="cell" class="number">${took}</td>
    <td role="cell" class="span-cell">
      ${drawSpan(share(from), share(until), state)}<span class="span-at">${from.slice(11, 19)}</span>
    </td>
    <td role="cell">
      ${steps.length === 0 ? html`<span class="nothing" aria-label="nothing">–</span>` : stepList(steps)}
    </td>
  </tr>`;
}

function stepList(steps: PhaseSpan["steps"]): Html {
  return html`<ul class="steps">
    ${steps.map(
      ({ step, status, duration_ms: ms, error }) =>
        html`<li>
          <code>${step}</code>
          <span class="when"
            >${status === "finished" ? "" : `${status.replaceAll("_", " ")} `}${ms === null ? "" : tookInWords(ms)}</span
          >${error === "" ? "" : html`<div class="error">${harmless(error)}</div>`}
        </li>`,
    )}
  </ul>`;
}
