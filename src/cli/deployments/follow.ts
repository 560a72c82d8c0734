import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome } from "../../domain/deployment.ts";
import { isOutcome } from "../../domain/deployment.ts";
import type { Store } from "../../store/store.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";
import { printLog } from "./print-log.ts";
import type { LogPlace } from "./print-log.ts";

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

/** Prints a deployment's log from its start, or from a place in it. Gives its outcome; undefined when it has none yet. */
export async function follow(
  store: Store,
  id: string,
  print: Print,
  { untilEnd, step, abandoned, place = { after: 0 } }: FollowOptions,
): Promise<Outcome | undefined> {
  let waitedFor: string | undefined;
  for (;;) {
    // The end is asked for before the lines are read, so that no line written before the end is missed.
    const isLast = !untilEnd || abandoned?.aborted === true;
    const { status, waitsFor } = await stateOf(store, id);
    if (untilEnd && waitsFor !== waitedFor) printWait(waitsFor, print);
    waitedFor = waitsFor;
    await printLog(store, id, print, { place, step });
    if (status !== undefined && isOutcome(status)) return status;
    if (status === undefined || isLast) return undefined;
    await sleep(PAUSE_MS);
  }
}

/** The status of a deployment, and the sentence for what it waits for; empty if there is no such deployment. */
async function stateOf(store: Store, id: string) {
  const { status, heldBecause } = (await store.deployments.detail(id))?.deployment ?? {};
  return { status, waitsFor: status === "queued" ? heldBecause : undefined };
}

function printWait(waitsFor: string | undefined, print: Print): void {
  if (waitsFor === undefined) return;
  if (print.isJson) print.json({ held_because: waitsFor });
  else print.line(print.style("yellow", harmless(`waits: ${waitsFor}`)));
}
