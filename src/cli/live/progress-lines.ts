import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { harmless } from "../../domain/harmless.ts";
import { PHASES } from "../../domain/phase.ts";
import type { Print } from "../print/print.ts";
import { broken } from "../print/text-width.ts";
import { tookInWords } from "../../domain/time-words.ts";
import { estimate } from "./estimate.ts";
import type { UsualTimes } from "./estimate.ts";
import type { Glyphs } from "./glyphs.ts";
import { phaseRows } from "./phase-rows.ts";
import type { PhaseRow } from "./phase-rows.ts";

export interface ProgressView {
  readonly document: DeploymentDocument;
  readonly usual: UsualTimes;
  /** Why it has not begun; undefined if it has. */
  readonly waitsFor: string | undefined;
  /** The newest line of its log. */
  readonly lastLine: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Letters in a line, and lines on the screen. */
  readonly room: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
  /** Counts up: the place of the spinner. */
  readonly frame: number;
}

const NAME_WIDTH = Math.max(...PHASES.map(({ name }) => name.length)) + "undo ".length;
const BAR_WIDTH = 30;

/** The lines that a person sees while a deployment is waited for: one for each phase, and how far it has come. Pure but for the styles. */
export function progressLines(view: ProgressView, style: Print["style"]): readonly string[] {
  const { document, rows: height } = view;
  const done = phaseRows(document);
  if (isOutcome(document.deployment.status)) return done.map((row) => phaseLine(row, view, style));
  const lines = done.map((row) => phaseLine(row, view, style));
  const below = done.length === 0 ? waitLines(view, style) : footLines(done, view, style);
  const coming = done.length === 0 ? [] : comingLines(done, view, style);
  // On a screen of few lines, phases that are over leave first.
  const room = Math.max(1, height - 4 - below.length);
  const shown = lines.slice(-room);
  return [...shown, ...coming.slice(0, Math.max(0, room - shown.length)), ...below];
}

function phaseLine(row: PhaseRow, { glyphs, frame, usual, now, room }: ProgressView, style: Print["style"]): string {
  const { phase, isUndo, state, from, to, detail } = row;
  const mark = {
    done: () => style("green", isUndo ? glyphs.undone : glyphs.done),
    failed: () => style("red", glyphs.failed),
    running: () => style("cyan", glyphs.spinner[frame % glyphs.spinner.length] ?? ""),
  }[state]();
  const took = tookInWords(Math.max(0, (to ?? now) - from));
  const name = `${isUndo ? "undo " : ""}${phase}`.padEnd(NAME_WIDTH);
  const expected = usual.get(phase);
  const more =
    state === "running"
      ? [expected === undefined || isUndo ? "" : `usually ${tookInWords(expected)}`, harmless(detail)]
      : [state === "failed" ? harmless(detail) : ""];
  const head = `  ${mark} ${name} ${took.padStart(11)}`;
  const left = room - 4 - NAME_WIDTH - 12 - 3;
  const tail = fitting(
    more.filter((text) => text !== ""),
    left,
  );
  return tail === "" || left < 10 ? head : `${head}  ${style("dim", shortened(tail, left, glyphs))}`;
}

/** The first of some texts, and the others if there is room for them. */
function fitting([first = "", ...others]: readonly string[], room: number): string {
  const all = [first, ...others].join(", ");
  return all.length <= room ? all : first;
}

/** The phases that the last successes went through and that have not begun. */
function comingLines(
  rows: readonly PhaseRow[],
  { usual, glyphs, document }: ProgressView,
  style: Print["style"],
): readonly string[] {
  if (document.deployment.status === "rolling_back") return [];
  const last = PHASES.findIndex(({ name }) => name === rows.at(-1)?.phase);
  return PHASES.slice(last + 1).flatMap(({ name }) => {
    const ms = usual.get(name);
    if (ms === undefined) return [];
    return [style("dim", `  ${glyphs.coming} ${name.padEnd(NAME_WIDTH)} ${tookInWords(ms).padStart(11)}  usually`)];
  });
}

function waitLines({ waitsFor, document, now, room, ...view }: ProgressView, style: Print["style"]): readonly string[] {
  const waited = tookInWords(Math.max(0, now - Date.parse(document.deployment.queued_at)));
  const { spinner } = view.glyphs;
  const text = `waiting ${waited}${waitsFor === undefined ? "" : `: ${harmless(waitsFor)}`}`;
  const [first = "", ...more] = broken(text, room - 5);
  const { advice } = document;
  return [
    `  ${style("cyan", spinner[view.frame % spinner.length] ?? "")} ${first}`,
    ...more.map((line) => `    ${line}`),
    ...(advice === null || waitsFor === undefined ? [] : broken(harmless(advice), room - 5)).map((line) =>
      style("dim", `    ${line}`),
    ),
  ];
}

function footLines(rows: readonly PhaseRow[], view: ProgressView, style: Print["style"]): readonly string[] {
  const { document, now, room, lastLine, glyphs } = view;
  const { deployment, stuck_ms: stuck } = document;
  const began = Date.parse(deployment.started_at ?? deployment.queued_at);
  const elapsed = tookInWords(Math.max(0, now - began));
  return [
    ...(lastLine === "" ? [] : [style("dim", `    ${shortened(harmless(lastLine), room - 6, glyphs)}`)]),
    ...(stuck === null
      ? []
      : [style("red", `    no progress for ${tookInWords(stuck)}: fraisier cancel ${deployment.id} ends it`)]),
    ...(deployment.cancel_requested_by === null
      ? []
      : [style("yellow", `    ${harmless(deployment.cancel_requested_by)} has cancelled it`)]),
    `  ${deployment.status === "rolling_back" ? style("yellow", `taking it back, ${elapsed}`) : progressBar(rows, view, elapsed, style)}`,
  ];
}

function progressBar(
  rows: readonly PhaseRow[],
  { usual, now, room, glyphs }: ProgressView,
  elapsed: string,
  style: Print["style"],
): string {
  const found = estimate(rows, usual, now);
  if (found === undefined) return style("dim", elapsed);
  const wide = Math.min(BAR_WIDTH, room - 42);
  const seconds = Math.ceil((found.left ?? 0) / 1000);
  const full = Math.floor(wide * found.fraction);
  const bar =
    wide < 8 ? "" : `${style("cyan", glyphs.full.repeat(full))}${style("dim", glyphs.empty.repeat(wide - full))} `;
  const about =
    seconds === 0 ? "nearly done" : `about ${seconds < 60 ? `${seconds} s` : tookInWords(1000 * seconds)} left`;
  const left = found.left === undefined ? "longer than usual" : about;
  return `${bar}${`${Math.floor(100 * found.fraction)} %`.padStart(5)}  ${elapsed}, ${left}`;
}

function shortened(text: string, room: number, { ellipsis }: Glyphs): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - ellipsis.length))}${ellipsis}`;
}
