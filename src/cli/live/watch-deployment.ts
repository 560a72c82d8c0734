import { follow } from "../../answers/following/follow.ts";
import type { Feed } from "../../answers/following/feed.ts";
import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { short } from "../../domain/decision.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { harmless } from "../../domain/harmless.ts";
import { followLog } from "../deployments/follow-log.ts";
import type { LogPlace } from "../deployments/follow-log.ts";
import type { LiveRegion } from "../print/live-region.ts";
import type { Print } from "../print/print.ts";
import { usualTimes } from "./estimate.ts";
import { glyphsFor } from "./glyphs.ts";
import { phaseRows } from "./phase-rows.ts";
import { progressLines } from "./progress-lines.ts";

type Row = DeploymentDocument["deployment"];

/** How far a deployment was shown. */
export interface ShownPlace extends LogPlace {
  /** So many phases were printed as lines. */
  phases: number;
}

export interface WatchOptions {
  /** Shows the whole output, too. */
  readonly log: boolean;
  /** Aborts when no process is left that could end the deployment. */
  readonly abandoned?: AbortSignal;
  /** The place at which an earlier call for the same deployment stopped. */
  readonly place?: ShownPlace;
}

/** How often the elapsed time moves on a terminal. */
const FRAME_MS = 120;

/**
 * Shows a deployment until it has ended: its phases live on a terminal, a line for each phase elsewhere, its log as JSON lines with `--json`. Gives the deployment as
 * it was at the last look.
 */
export async function watchDeployment(
  feed: Feed,
  id: string,
  print: Print,
  { log, abandoned, place = { after: 0, phases: 0 } }: WatchOptions,
): Promise<Row | undefined> {
  const signal = abandoned === undefined ? {} : { abandoned };
  if (print.isJson || log) return await followLog(feed, id, print, { ...signal, place });
  const { live } = print;
  return live === undefined
    ? await tellPhases(feed, id, print, { abandoned, place })
    : await drawPhases(feed, id, print, { abandoned, live });
}

/** Prints a line for each phase when it begins, and one for each reason to wait. */
async function tellPhases(
  feed: Feed,
  id: string,
  print: Print,
  { abandoned, place }: { readonly abandoned: AbortSignal | undefined; readonly place: ShownPlace },
): Promise<Row | undefined> {
  let row: Row | undefined;
  let waited: string | undefined;
  for await (const { document } of follow(feed, id, { signal: abandoned })) {
    row = document.deployment;
    const waitsFor = await waitOf(feed, row);
    if (waitsFor !== undefined && waitsFor !== waited) print.line(harmless(`waits: ${waitsFor}`));
    waited = waitsFor;
    const rows = phaseRows(document);
    for (const { phase, isUndo, from } of rows.slice(place.phases))
      print.line(`${new Date(from).toISOString().slice(11, 19)} ${isUndo ? "undo " : ""}${phase}`);
    place.phases = rows.length;
  }
  return row;
}

/** Draws the phases again and again, and leaves them on the screen once the deployment has ended. */
async function drawPhases(
  feed: Feed,
  id: string,
  print: Print,
  { abandoned, live }: { readonly abandoned: AbortSignal | undefined; readonly live: LiveRegion },
): Promise<Row | undefined> {
  const glyphs = glyphsFor(process.env);
  let shown: { document: DeploymentDocument; waitsFor: string | undefined } | undefined;
  let lastLine = "";
  let usual: ReturnType<typeof usualTimes> = new Map();
  let frame = 0;
  const draw = (): void => {
    if (shown === undefined) return;
    const { columns: room, rows } = live;
    live.draw(
      progressLines({ ...shown, usual, lastLine, now: Date.now(), room, rows, glyphs, frame: frame++ }, print.style),
    );
  };
  const timer = setInterval(draw, FRAME_MS);
  try {
    for await (const { document, lines } of follow(feed, id, { logAfter: 0, signal: abandoned })) {
      if (shown === undefined) usual = usualTimes(await feed.statistics(document.deployment));
      lastLine = lines.at(-1)?.line ?? lastLine;
      shown = { document, waitsFor: await waitOf(feed, document.deployment) };
    }
    draw();
    live.keep();
    return shown?.document.deployment;
  } finally {
    clearInterval(timer);
  }
}

/** The thing that a deployment waits for, in a sentence; undefined if it does not wait, or only for its turn. */
async function waitOf(feed: Feed, row: Row): Promise<string | undefined> {
  if (row.status !== "queued") return undefined;
  if (row.held_because !== null) return row.held_because;
  const { fraise, environment, job } = row;
  const [target] = (await feed.status({ fraise, environment, job })).targets;
  const { running_id: id, running_revision: revision, running_phase: phase } = target ?? {};
  if (typeof id !== "string" || typeof revision !== "string") return undefined;
  return `deployment ${id} of ${short(revision)} runs, in ${phase}`;
}

/** Whether a deployment has ended, as far as it was looked at. */
export function hasEnded(row: Row | undefined): boolean {
  return row !== undefined && isOutcome(row.status);
}
