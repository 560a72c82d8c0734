import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { harmless } from "../../domain/harmless.ts";
import { tookInWords } from "../../domain/time-words.ts";
import { drawSpan } from "../drawings/draw-span.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { dash } from "../parts/dash.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { section } from "../parts/section.ts";
import { table } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
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
  const columns: Columns<PhaseSpan> = [
    { name: "Phase", value: (span) => phaseName(span, document.deployment.id) },
    {
      name: "Took",
      isNumber: true,
      value: ({ from, until }) => tookInWords(Date.parse(until) - Date.parse(from)),
    },
    {
      name: "When",
      look: "span-cell",
      value: ({ from, until, state }) =>
        html`${drawSpan(share(from), share(until), state)}<span class="span-at">${from.slice(11, 19)}</span>`,
    },
    { name: "Steps", value: ({ steps }) => (steps.length === 0 ? dash() : stepList(steps)) },
  ];
  return section(
    { id: "phases", title: "Phases", isLive: true },
    table(columns, spans, { look: "phases", rowLook: ({ state }) => `phase-${state}` }),
  );
}

const WORDS: Readonly<Record<PhaseSpan["state"], string>> = {
  done: "",
  now: "now",
  failed: "failed",
  back: "taking back",
};

function phaseName({ phase, state, steps }: PhaseSpan, id: string): Html {
  const name = phase.replaceAll("_", " ");
  const log =
    steps.length === 0
      ? name
      : html`<a class="plain" href="${deploymentPath(id)}?phase=${phase}#log" title="the log of this phase"
          >${name}</a
        >`;
  return html`${log}${WORDS[state] === "" ? "" : html` <span class="phase-word">${WORDS[state]}</span>`}`;
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
