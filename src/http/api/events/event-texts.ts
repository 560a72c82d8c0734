import type { EventSource, StreamEvent } from "./event-source.ts";
import { writeCursor } from "./event-cursor.ts";
import type { EventCursor } from "./event-cursor.ts";
import type { Ear } from "./watch-changes.ts";

/** A client, a proxy or a firewall that hears nothing for longer may take the connection for dead. */
const KEEP_ALIVE_MS = 15_000;
/** The time after which a client that lost its connection comes back. */
const RETRY_MS = 2_000;

interface TextParts {
  readonly source: EventSource;
  readonly ear: Ear;
  /** The place to begin at; undefined if the events behind it are not on record any more. */
  readonly cursor: EventCursor | undefined;
  /** Ends the texts. */
  readonly signal: AbortSignal;
  /** Whether the client may still know of what happens here. */
  isStillIn(): Promise<boolean>;
}

/** The texts of a stream of events, without an end of their own. Each is made when the client has taken the one before, so that a slow client needs no memory. */
export async function* eventTexts({
  source,
  ear,
  cursor: begin,
  signal,
  isStillIn,
}: TextParts): AsyncGenerator<string> {
  let cursor = begin;
  // A client that is cut off before the first event goes on from here.
  yield `retry: ${RETRY_MS}\n${cursor === undefined ? "" : idOf(cursor)}\n`;
  while (!signal.aborted) {
    const news = await ear.wait(KEEP_ALIVE_MS);
    // oxlint-disable-next-line no-unnecessary-condition -- it may have been aborted meanwhile
    if (signal.aborted || !(await isStillIn())) return;
    if (news === "quiet") yield `: keep-alive\n${cursor === undefined ? "" : idOf(cursor)}\n`;
    for (let isWhole = false; !isWhole && !signal.aborted;) {
      const batch = cursor === undefined ? undefined : await source.after(cursor);
      if (batch === undefined) {
        cursor = await source.now(undefined);
        yield textOf({ event: "reset", cursor, document: { reason: "the events before this one are not on record" } });
        continue;
      }
      ({ cursor, isWhole } = batch);
      if (batch.events.length > 0) yield batch.events.map(textOf).join("");
    }
  }
}

function textOf({ event, cursor, document }: StreamEvent): string {
  return `${idOf(cursor)}event: ${event}\ndata: ${JSON.stringify(document)}\n\n`;
}

function idOf(cursor: EventCursor): string {
  return `id: ${writeCursor(cursor)}\n`;
}
