import { keepStart } from "../domain/cut.ts";
import { LINES_PER_ATTEMPT } from "../domain/line-number.ts";
import type { Store } from "../store/store.ts";

/** Lines kept from the start of a deployment's output; what comes later is kept from its end. */
const HEAD_LINES = 20_000;
const TAIL_LINES = 500;
const FLUSH_MS = 100;
const FLUSH_LINES = 500;
/** Characters kept of a line. */
const LINE_LENGTH = 16 * 1024;

type Stream = "stdout" | "stderr" | "fraisier";

interface Line {
  readonly at: string;
  readonly step: string;
  readonly stream: Stream;
  readonly line: string;
}

/** The output of one deployment: redacted, with the time of each line, bounded; where lines are left out, it says so. */
export interface OutputLog {
  add(step: string, stream: Stream, line: string): void;
  /**
   * Writes what is gathered, and the end of a log that was cut. Rejects when the store could not take an earlier part either. Lines that are added afterwards
   * are written by closing it again.
   */
  close(): Promise<void>;
}

export function openOutputLog(
  store: Pick<Store, "deployments">,
  deployment: string,
  attempt: number,
  redact: (text: string) => string,
): OutputLog {
  let sequence = attempt * LINES_PER_ATTEMPT;
  let kept = 0;
  let leftOut = 0;
  let gathered: Line[] = [];
  const tail: Line[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let failure: unknown;

  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const lines = gathered;
    gathered = [];
    // The writes go one after the other: lines stay in order, and a slow store is not buried.
    writing = writing
      .then(() =>
        store.deployments.appendOutput(
          deployment,
          lines.map((each) => ({ sequence: ++sequence, ...each })),
        ),
      )
      .catch((error: unknown) => {
        failure ??= error;
      });
    return writing;
  };
  const gather = (line: Line): void => {
    gathered.push(line);
    if (gathered.length >= FLUSH_LINES) void write();
    else timer ??= setTimeout(() => void write(), FLUSH_MS);
  };

  return {
    add(step, stream, text) {
      const line = { at: new Date().toISOString(), step, stream, line: keepStart(redact(text), LINE_LENGTH) };
      if (kept < HEAD_LINES) {
        kept += 1;
        gather(line);
        return;
      }
      tail.push(line);
      if (tail.length > TAIL_LINES) {
        tail.shift();
        leftOut += 1;
      }
    },
    async close() {
      const last = tail.at(0);
      if (last !== undefined && leftOut > 0) {
        gather({ at: last.at, step: last.step, stream: "fraisier", line: `… ${leftOut} lines left out here …` });
      }
      for (const line of tail.splice(0)) gather(line);
      leftOut = 0;
      await write();
      if (failure !== undefined) throw failure;
    },
  };
}
