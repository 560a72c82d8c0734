import type { Feed } from "../../answers/following/feed.ts";
import { follow } from "../../answers/following/follow.ts";
import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { harmless } from "../../domain/harmless.ts";
import { outcomeStyle } from "../print/outcome-style.ts";
import type { Print } from "../print/print.ts";
import { printLines } from "./print-log.ts";

type Row = DeploymentDocument["deployment"];

/** How far a log was printed. */
export interface LogPlace {
  /** The sequence of the last line. */
  after: number;
}

export interface FollowLogOptions {
  /** Only the lines of this step. */
  readonly step?: string | undefined;
  /** Aborts when no process is left that could end the deployment. The lines that are on record are printed all the same. */
  readonly abandoned?: AbortSignal;
  /** The place in the log at which an earlier call for the same deployment stopped reading. This call goes on there. */
  readonly place?: LogPlace;
}

/** Prints a deployment's log as it grows, from its start or from a place in it, over all of its phases. Gives the deployment as it was at the last look. */
export async function followLog(
  feed: Feed,
  id: string,
  print: Print,
  { step, abandoned, place = { after: 0 } }: FollowLogOptions = {},
): Promise<Row | undefined> {
  let row: Row | undefined;
  for await (const { document, lines } of follow(feed, id, { logAfter: place.after, signal: abandoned })) {
    tellWait(document.deployment, row, print);
    row = document.deployment;
    printLines(lines, print, step);
    place.after = lines.at(-1)?.sequence ?? place.after;
  }
  return row;
}

/** Says how a deployment ended whose log was followed. JSON lines are those of the log alone. */
export function tellLogEnd({ status, reason }: Row, print: Print): void {
  if (print.isJson || !isOutcome(status)) return;
  print.line(outcomeStyle(print, status) + (reason === "" ? "" : harmless(`: ${reason}`)));
}

function tellWait(now: Row, before: Row | undefined, print: Print): void {
  const waitsFor = waitOf(now);
  if (waitsFor === null || (before !== undefined && waitOf(before) === waitsFor)) return;
  if (print.isJson) print.json({ held_because: waitsFor });
  else print.line(print.style("yellow", harmless(`waits: ${waitsFor}`)));
}

function waitOf({ status, held_because: waitsBecause }: Row): string | null {
  return status === "queued" ? waitsBecause : null;
}
