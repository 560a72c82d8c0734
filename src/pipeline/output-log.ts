import { keepStart } from "../domain/cut.ts";
import { StoreAway } from "../domain/errors.ts";
import type { LogLine } from "../domain/log-line.ts";
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

/** A line as it came: what is left out in the end is never looked at. */
interface Line {
  readonly at: number;
  readonly step: string;
  readonly stream: Stream;
  readonly text: string;
}

/** The output of one deployment: redacted, with the time of each line, bounded; where lines are left out, it says so. */
export interface OutputLog {
  add(step: string, stream: Stream, line: string): void;
  /**
   * Writes what is gathered, and the end of a log that was cut. Rejects when the store could not take an earlier part either. Lines that are added afterwards
   * are written by closing it again.
   */
  close(): Promise<void>;
  /** Lines that a store which is away has not taken. */
  unwritten(): readonly LogLine[];
}

function numbered({ at, step, stream, text }: Line, sequence: number, redact: (text: string) => string): LogLine {
  return { sequence, at: new Date(at).toISOString(), step, stream, line: keepStart(redact(text), LINE_LENGTH) };
}

export function openOutputLog(
  store: Pick<Store, "deployments">,
  deployment: string,
  attempt: number,
  redact: (text: string) => string,
): OutputLog {
  let sequence = attempt * LINES_PER_ATTEMPT;
  let kept = 0;
  let gathered: Line[] = [];
  /** The newest lines behind the head. Each takes the place of the one that came TAIL_LINES before it. */
  let tail: Line[] = [];
  let came = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let failure: unknown;
  const unwritten: LogLine[] = [];
  /** The store was away at the last write. */
  let away: StoreAway | undefined;

  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const lines = gathered;
    gathered = [];
    // The writes go one after the other: lines stay in order, and a slow store is not buried.
    writing = writing
      .then(async () => {
        for (const line of lines) unwritten.push(numbered(line, ++sequence, redact));
        const written = unwritten.slice();
        await store.deployments.appendOutput(deployment, written);
        unwritten.splice(0, written.length);
        return void (away = undefined);
      })
      .catch((error: unknown) => {
        // Lines keep their numbers: the next write, or the next runner, writes them.
        if (error instanceof StoreAway) away = error;
        else {
          unwritten.splice(0);
          failure ??= error;
        }
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
      const line = { at: Date.now(), step, stream, text };
      if (kept < HEAD_LINES) {
        kept += 1;
        gather(line);
      } else tail[came++ % TAIL_LINES] = line;
    },
    async close() {
      const oldest = came % TAIL_LINES;
      const last = came > TAIL_LINES ? [...tail.slice(oldest), ...tail.slice(0, oldest)] : tail;
      const [first] = last;
      if (first !== undefined && came > TAIL_LINES) {
        const text = `… ${came - TAIL_LINES} lines left out here …`;
        gather({ at: first.at, step: first.step, stream: "fraisier", text });
      }
      for (const line of last) gather(line);
      tail = [];
      came = 0;
      await write();
      if (failure !== undefined) throw failure;
      if (away !== undefined) throw away;
    },
    unwritten: () => unwritten,
  };
}
