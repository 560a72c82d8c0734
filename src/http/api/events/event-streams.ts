import { changeAnswers } from "../../../answers/changes/change-answers.ts";
import type { ChangeAnswer } from "../../../answers/changes/change-answers.ts";
import type { Sources } from "../../../answers/sources.ts";
import type { Within } from "../../../answers/within.ts";
import type { Change } from "../../../domain/change.ts";
import type { Log } from "../../../log.ts";
import { watchChanges } from "./watch-changes.ts";
import type { ChangeWatch } from "./watch-changes.ts";
import type { Store } from "../../../store/store.ts";

/** Open streams of one token or local user, and of all together. */
const PER_CALLER = 32;
const IN_ALL = 128;
/** A client that takes nothing for so long is slow or dead. */
const STALL_MS = 60_000;

const encoder = new TextEncoder();

/** Numbers for monitors. */
interface StreamCounts {
  readonly open: number;
  /** Streams that were not opened, as there were too many, since the daemon started. */
  readonly refused: number;
  /** Streams that were cut off as their clients took nothing for a minute, since the daemon started. */
  readonly slow: number;
}

/** A place for a stream. It must be used or left. */
interface Place {
  readonly signal: AbortSignal;
  /** The body of the answer. @param cut cuts the connection of a client that takes nothing. */
  body(texts: AsyncGenerator<string>, cut: () => void): ReadableStream<Uint8Array>;
  leave(): void;
}

/** All streams of events that are open. */
export interface EventStreams extends ChangeWatch {
  answers(change: Change, within: Within): Promise<readonly ChangeAnswer[]>;
  /** Undefined if there are too many streams, or the daemon stops. */
  enter(caller: string): Place | undefined;
  counts(): StreamCounts;
  /** Ends every stream at once, and opens none any more. */
  close(): void;
}

export interface EventStreamsParts {
  readonly store: Pick<Store, "writeMark" | "onPoke">;
  readonly sources: () => Promise<Sources>;
  readonly log: Log;
}

export function createEventStreams({ store, sources, log }: EventStreamsParts): EventStreams {
  const open = new Map<AbortController, string>();
  let [refused, slow, isClosed] = [0, 0, false];
  return {
    ...watchChanges(store),
    answers: changeAnswers(sources),
    counts: () => ({ open: open.size, refused, slow }),
    close() {
      isClosed = true;
      for (const each of open.keys()) each.abort();
    },
    enter(caller) {
      const own = [...open.values()].filter((each) => each === caller).length;
      if (isClosed || open.size >= IN_ALL || own >= PER_CALLER) {
        refused += 1;
        return undefined;
      }
      const ending = new AbortController();
      open.set(ending, caller);
      const leave = (): void => {
        open.delete(ending);
        ending.abort();
      };
      return {
        signal: ending.signal,
        leave,
        body(texts, cut) {
          let stall: NodeJS.Timeout | undefined;
          // A client that still owes a reading does not ask for the end.
          ending.signal.addEventListener("abort", () => {
            if (stall !== undefined) cut();
            clearTimeout(stall);
          });
          const taken = (): void => {
            clearTimeout(stall);
            stall = undefined;
          };
          const handOut = (): void => {
            stall = setTimeout(() => {
              slow += 1;
              leave();
            }, STALL_MS);
          };
          return bodyOf(texts, { taken, handOut, leave, log });
        },
      };
    },
  };
}

interface BodyParts {
  /** The client has taken everything that was handed out. */
  taken(): void;
  handOut(): void;
  leave(): void;
  readonly log: Log;
}

/** A body that makes its next part only when the client has taken the one before. */
function bodyOf(texts: AsyncGenerator<string>, { taken, handOut, leave, log }: BodyParts): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        taken();
        try {
          const { done, value } = await texts.next();
          if (done !== true) {
            controller.enqueue(encoder.encode(value));
            handOut();
            return;
          }
        } catch (error) {
          // The client comes back, and goes on from the last event that it has.
          log.warn({ err: error }, "a stream of events was ended");
        }
        leave();
        controller.close();
      },
      cancel() {
        taken();
        leave();
        void texts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
