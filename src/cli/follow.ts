import type { Outcome } from "../domain/deployment.ts";
import { isOutcome } from "../domain/deployment.ts";
import type { Store } from "../store/store.ts";
import { harmless } from "./print.ts";
import type { Print } from "./print.ts";

const PAGE = 1_000;
/** How often one looks for new lines: nobody reads faster. */
const PAUSE_MS = 150;

/** Prints a deployment's log from its start; with `untilEnd` goes on until the deployment ends, and gives its outcome. */
export async function follow(store: Store, id: string, print: Print, untilEnd: boolean): Promise<Outcome | undefined> {
  let after = 0;
  for (;;) {
    // Asked for before the lines are read: what was written before the end is not missed.
    const detail = await store.deploymentDetail(id);
    const status = detail?.deployment.status;
    let lines;
    do {
      lines = await store.deploymentOutput(id, after, PAGE);
      for (const { at, step, stream, line, sequence } of lines) {
        after = sequence;
        if (print.isJson) print.json({ at, step, stream, line });
        else
          print.line(
            `${print.style("dim", `${at.slice(11, 19)} ${step}`)} ${stream === "fraisier" ? print.style("cyan", harmless(line)) : harmless(line)}`,
          );
      }
    } while (lines.length === PAGE);
    if (status === undefined || isOutcome(status)) return status;
    if (!untilEnd) return undefined;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
