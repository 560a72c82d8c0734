import type { Store } from "../../store/store.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";

/** So many lines are read at once. */
const PAGE = 1_000;

/** How far a log was printed. */
export interface LogPlace {
  /** The sequence of the last line. */
  after: number;
}

interface LogPart {
  /** Reading begins behind this place, and moves it. */
  readonly place: LogPlace;
  /** Only the lines of this step are printed; undefined means all lines. */
  readonly step?: string | undefined;
}

type LogLine = Awaited<ReturnType<Store["deployments"]["output"]>>[number];

/** Prints the lines of a deployment's log that came behind a place in it. */
export async function printLog(store: Store, id: string, print: Print, { place, step }: LogPart): Promise<void> {
  let lines: readonly LogLine[];
  do {
    lines = await store.deployments.output(id, place.after, PAGE);
    for (const line of lines) {
      place.after = line.sequence;
      if (step === undefined || step === line.step) printLine(line, print);
    }
  } while (lines.length === PAGE);
}

function printLine({ at, step, stream, line }: LogLine, print: Print): void {
  if (print.isJson) {
    print.json({ at, step, stream, line });
    return;
  }
  const text = harmless(line);
  const origin = print.style("dim", `${at.slice(11, 19)} ${step}`);
  print.line(`${origin} ${stream === "fraisier" ? print.style("cyan", text) : text}`);
}
