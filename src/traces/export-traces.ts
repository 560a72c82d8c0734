import type { TracesSettings } from "../config/config.ts";
import { ConfigError } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";
import type { Trouble } from "../domain/trouble.ts";
import type { Requests } from "../host/requests.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import { nextSpans } from "./next-spans.ts";
import type { Resource } from "./otlp.ts";
import { createOutage } from "./outage.ts";
import type { Receiver } from "./send-spans.ts";
import { createSpanDelivery } from "./span-delivery.ts";
import type { SpanCounts } from "./span-delivery.ts";
import { keptPosition } from "./kept-position.ts";

export interface TraceParts {
  /** A connection of its own for questions: its `writeMark` says whether others have written. */
  readonly reader: Pick<Store, "traces" | "changes" | "deliveries" | "deployments" | "writeMark">;
  readonly store: Pick<Store, "traces" | "onlyReads">;
  readonly requests: Requests;
  /** The settings in force; undefined if no traces are wanted. */
  settings(): TracesSettings | undefined;
  resource(): Resource;
  redact(text: string): string;
  readonly log: Log;
}

export interface TraceExport {
  /** Undefined while no traces are wanted. `waitingSince`: the time of the oldest change that could not be sent yet, ISO-8601. */
  counts(): (SpanCounts & { readonly waitingSince: string | undefined }) | undefined;
  /** Why traces wait, for people. */
  troubles(): readonly Trouble[];
  /** Ends a request under way: its spans are sent again after the next start. */
  stop(): Promise<void>;
}

/** A look costs microseconds while nobody has written to the store. */
const INTERVAL_MS = 1_000;

/** Sends the spans of what is recorded to the receiver of `server.traces`, in the order of the record, from where it was left the last time. */
export function exportTraces({ reader, store, requests, settings, resource, redact, log }: TraceParts): TraceExport {
  const stopping = new AbortController();
  const position = keptPosition(reader, store);
  let url = "";
  let mark: number | undefined;
  let underWay: Promise<void> | undefined;
  const outage = createOutage(() => url, redact, log);
  const delivery = createSpanDelivery({ requests, resource, redact, outage, signal: stopping.signal, log });

  const exportAll = async (wanted: TracesSettings): Promise<void> => {
    for (let areLast = false; !areLast && !stopping.signal.aborted;) {
      const from = await position.now();
      const next = await nextSpans(reader, from);
      if (next.forgotten > 0 && !outage.isOn())
        log.warn({ changes: next.forgotten }, "changes were forgotten before their traces could be sent");
      if (next.groups.length > 0 && !(await delivery.send(next.groups, receiverOf(wanted)))) return;
      if (next.position !== from) await position.moveTo(next.position, next.groups.length > 0);
      areLast = next.areLast;
    }
  };

  const look = async (): Promise<void> => {
    const wanted = settings();
    if (wanted === undefined || store.onlyReads() !== undefined) return;
    if (wanted.url !== url) {
      outage.end();
      mark = undefined;
      url = wanted.url;
    }
    const now = reader.writeMark();
    if (!outage.mayTry() || (now === mark && !outage.isOn())) return;
    try {
      await exportAll(wanted);
      mark = now;
    } catch (error) {
      if (stopping.signal.aborted) return;
      // A header that cannot be resolved is told of with the other missing secrets.
      const why = error instanceof ConfigError ? undefined : `could not be sent anything: ${messageOf(error)}`;
      const since = outage.waitingSince() ?? new Date().toISOString();
      delivery.fail({ about: messageOf(error), why, since, afterMs: 0 });
    }
  };

  const lookAgain = (): void => {
    underWay ??= look().finally(() => {
      underWay = undefined;
    });
  };
  // At once: what comes from here on is to be sent, even if traces are wanted for the first time.
  lookAgain();
  const timer = setInterval(lookAgain, INTERVAL_MS);
  return {
    counts: () =>
      settings() === undefined ? undefined : { ...delivery.counts(), waitingSince: outage.waitingSince() },
    troubles: () => (settings() === undefined ? [] : outage.troubles()),
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await underWay;
    },
  };
}

/** @throws ConfigError if a header names a variable that is not set. */
function receiverOf({ url, headers, timeout }: TracesSettings): Receiver {
  const revealed = Object.entries(headers).map(([name, secret]) => [name, secret.reveal()] as const);
  return { url, headers: Object.fromEntries(revealed), timeoutMs: timeout };
}
