import type { ChangeAnswer } from "../../../answers/changes/change-answers.ts";
import { answerLog } from "../../../answers/deployments/answer-log.ts";
import type { EventName } from "../../../answers/schemas/event-documents.ts";
import type { Within } from "../../../answers/within.ts";
import type { Change } from "../../../domain/change.ts";
import type { Store } from "../../../store/store.ts";
import { readCursor, stampOf } from "./event-cursor.ts";
import type { EventCursor } from "./event-cursor.ts";

/** Changes that are read at once. */
const CHANGES = 100;
/** After so many events the client gets its turn to read. */
const EVENTS = 200;
/** Lines that one event has at most. Each may be 16 KB long. */
const LINES = 100;

export interface StreamEvent {
  readonly event: EventName;
  readonly cursor: EventCursor;
  readonly document: object;
}

/** The next events, and the place behind them. */
interface EventBatch {
  readonly events: readonly StreamEvent[];
  readonly cursor: EventCursor;
  /** Nothing more is on record at this moment. */
  readonly isWhole: boolean;
}

interface SourceParts {
  readonly store: Pick<Store, "changes" | "deployments">;
  answers(change: Change, within: Within): Promise<readonly ChangeAnswer[]>;
  readonly within: Within;
  /** The only deployment that the stream is for, with its log. */
  readonly deployment: string | undefined;
}

/** The events of one client, in their order. */
export interface EventSource {
  /** The place behind everything that is on record now. @param line the last line of the log that the client has. */
  now(line: number | undefined): Promise<EventCursor>;
  /** The place that a client names; undefined if what follows it is not on record any more, or never was. */
  find(id: string): Promise<EventCursor | undefined>;
  /** The events behind a place; undefined if some of them are not on record any more. */
  after(cursor: EventCursor): Promise<EventBatch | undefined>;
}

export function createEventSource({ store, answers, within, deployment }: SourceParts): EventSource {
  return {
    async now(line) {
      // The lines first: what is written in between comes twice to nobody, as a client that asks for no place has nothing yet.
      const last = deployment === undefined ? undefined : (line ?? (await store.deployments.newestOutput(deployment)));
      const { sequence, at } = (await store.changes.newest()) ?? { sequence: 0, at: "" };
      return { sequence, at, ...(last === undefined ? {} : { line: last }) };
    },
    async find(id) {
      const named = readCursor(id);
      if (named === undefined || (named.line === undefined) !== (deployment === undefined)) return undefined;
      const { stamp, ...cursor } = named;
      if (deployment !== undefined && (named.line ?? 0) > (await store.deployments.newestOutput(deployment)))
        return undefined;
      const [first] = await store.changes.after(Math.max(0, cursor.sequence - 1), 1);
      if (cursor.sequence === 0) return first === undefined || first.sequence === 1 ? { ...cursor, at: "" } : undefined;
      if (first === undefined || first.sequence !== cursor.sequence || stampOf(first.at) !== stamp) return undefined;
      return { ...cursor, at: first.at };
    },
    async after(cursor) {
      // A change of several targets that was told in part is read again.
      const behind = cursor.target === undefined ? cursor.sequence : cursor.sequence - 1;
      const changes = await store.changes.after(behind, CHANGES);
      // There are no gaps: if one is found, older changes were forgotten meanwhile.
      if (changes[0] !== undefined && changes[0].sequence !== behind + 1) return undefined;
      // Read after the changes and told before them: the lines that a deployment wrote before it ended come before its end.
      const log = await nextLines(cursor);
      let at = log?.cursor ?? cursor;
      const events: StreamEvent[] = log === undefined ? [] : [log];
      if (log?.isFull === true) return { events, cursor: at, isWhole: false };
      for (const change of changes) {
        events.push(...(await eventsOf(change, at, change.sequence === cursor.sequence ? cursor.target : undefined)));
        at = placeOf(change, at, undefined);
        if (events.length >= EVENTS) return { events, cursor: at, isWhole: false };
      }
      return { events, cursor: at, isWhole: changes.length < CHANGES };
    },
  };

  async function nextLines(cursor: EventCursor): Promise<(StreamEvent & { readonly isFull: boolean }) | undefined> {
    if (deployment === undefined) return undefined;
    const log = await answerLog(store, { id: deployment, after: cursor.line ?? 0, limit: LINES });
    const last = log?.lines.at(-1)?.sequence;
    if (log === undefined || last === undefined) return undefined;
    return { event: "log", cursor: { ...cursor, line: last }, document: log, isFull: log.lines.length === LINES };
  }

  /** @param told the last target of the change that the client has heard of. */
  async function eventsOf(change: Change, at: EventCursor, told: string | undefined): Promise<readonly StreamEvent[]> {
    const { kind, subject, fraise, environment, job } = change;
    if (deployment !== undefined && (kind !== "deployment" || subject !== deployment)) return [];
    const isOfSeveral = [fraise, environment, job].includes("*");
    return (await answers(change, within))
      .filter(({ target = "" }) => told === undefined || target > told)
      .map(({ event, target, document }) => ({
        event,
        document,
        cursor: placeOf(change, at, isOfSeveral ? target : undefined),
      }));
  }
}

function placeOf({ sequence, at }: Change, { line }: EventCursor, target: string | undefined): EventCursor {
  return { sequence, at, ...(line === undefined ? {} : { line }), ...(target === undefined ? {} : { target }) };
}
