import type { Outcome } from "../../domain/deployment.ts";
import { isOutcome } from "../../domain/deployment.ts";
import type { Store } from "../../store/store.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";

const PAGE = 1_000;
/** How often the command looks for new lines: a person reads no faster. */
const PAUSE_MS = 150;

export interface FollowOptions {
  /** Whether to go on until the deployment ends; otherwise only the present lines are printed. */
  readonly untilEnd: boolean;
  /** Only the lines of this step. */
  readonly step?: string | undefined;
  /** Aborts when no process is left that could end the deployment. The lines that are on record are printed all the same. */
  readonly abandoned?: AbortSignal;
  /** The place in the log at which an earlier call for the same deployment stopped reading. This call goes on there. */
  readonly place?: LogPlace;
}

/** How far a log was printed. */
export interface LogPlace {
  /** The sequence of the last line. */
  after: number;
}

/** Prints a deployment's log from its start, or from a place in it. Gives its outcome; undefined when it has none yet. */
export async function follow(
  store: Store,
  id: string,
  print: Print,
  { untilEnd, step: only, abandoned, place = { after: 0 } }: FollowOptions,
): Promise<Outcome | undefined> {
  let waitedFor: string | undefined;
  for (;;) {
    // The end is asked for before the lines are read, so that no line written before the end is missed.
    const isAbandoned = abandoned?.aborted === true;
    const deployment = (await store.deployments.detail(id))?.deployment;
    const status = deployment?.status;
    const waitsFor = status === "queued" ? deployment?.heldBecause : undefined;
    if (waitsFor !== waitedFor && waitsFor !== undefined && untilEnd) {
      if (print.isJson) print.json({ held_because: waitsFor });
      else print.line(print.style("yellow", harmless(`waits: ${waitsFor}`)));
    }
    waitedFor = waitsFor;
    let lines;
    do {
      lines = await store.deployments.output(id, place.after, PAGE);
      for (const { at, step, stream, line, sequence } of lines) {
        place.after = sequence;
        if (only !== undefined && step !== only) continue;
        if (print.isJson) print.json({ at, step, stream, line });
        else {
          const text = harmless(line);
          print.line(
            `${print.style("dim", `${at.slice(11, 19)} ${step}`)} ${stream === "fraisier" ? print.style("cyan", text) : text}`,
          );
        }
      }
    } while (lines.length === PAGE);
    if (status === undefined) return undefined;
    if (isOutcome(status)) return status;
    if (!untilEnd || isAbandoned) return undefined;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
