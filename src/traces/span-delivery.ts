import type { Requests } from "../host/requests.ts";
import type { Log } from "../log.ts";
import type { SpanGroup } from "./next-spans.ts";
import { otlpBody } from "./otlp.ts";
import type { Resource } from "./otlp.ts";
import type { Outage } from "./outage.ts";
import { sendSpans } from "./send-spans.ts";
import type { Receiver } from "./send-spans.ts";

interface DeliveryParts {
  readonly requests: Requests;
  resource(): Resource;
  redact(text: string): string;
  readonly outage: Outage;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** The numbers of the export since the daemon started, for monitors. */
export interface SpanCounts {
  readonly exported: number;
  /** Spans that the receiver did not want. */
  readonly refused: number;
  readonly failedRequests: number;
}

export interface SpanDelivery {
  /** Sends groups of spans; false if they have to be sent again. */
  send(groups: readonly SpanGroup[], receiver: Receiver): Promise<boolean>;
  /** Counts a failure, and begins an outage or goes on with it. */
  readonly fail: Outage["fail"];
  counts(): SpanCounts;
}

/** Brings spans to the receiver, and keeps count of what became of them. */
export function createSpanDelivery({ requests, resource, redact, outage, signal, log }: DeliveryParts): SpanDelivery {
  const counts = { exported: 0, refused: 0, failedRequests: 0 };
  const fail: SpanDelivery["fail"] = (failure) => {
    counts.failedRequests += 1;
    outage.fail(failure);
  };
  const refuse = (spans: number, why: string): void => {
    counts.refused += spans;
    if (spans > 0) log.warn({ spans }, redact(`the receiver of traces refused spans: ${why}`));
  };
  const send = async (groups: readonly SpanGroup[], receiver: Receiver): Promise<boolean> => {
    const spans = groups.flatMap((group) => group.spans);
    const sent = await sendSpans(requests, receiver, otlpBody(spans, resource(), redact), signal);
    if (sent.kind === "later") {
      fail({ ...sent, since: groups[0]?.at ?? "" });
      return false;
    }
    outage.end();
    if (sent.kind === "taken") {
      const rejected = Math.min(sent.rejected, spans.length);
      counts.exported += spans.length - rejected;
      refuse(rejected, sent.message);
    } else if (groups.length === 1) refuse(spans.length, sent.why);
    // A group that is refused need not take the others with it.
    else for (const group of groups) if (!(await send([group], receiver))) return false;
    return true;
  };
  return { send, fail, counts: () => counts };
}
