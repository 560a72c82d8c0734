import { isOutcome } from "../domain/deployment.ts";
import type { Change } from "../domain/change.ts";
import type { Store } from "../store/store.ts";
import { deliverySpan } from "./delivery-span.ts";
import { deploymentSpans } from "./deployment-spans.ts";
import { readDeployment } from "./recorded-deployment.ts";
import type { Span } from "./span.ts";

/** Changes that are read at once. Most of them are of phases, and have no span. */
const CHANGES = 500;
/** A request is sent as soon as it has so many spans: they are less than a megabyte. */
const SPANS = 512;

/** The spans of one delivery or one deployment. */
export interface SpanGroup {
  readonly spans: readonly Span[];
  /** When the change was made that they are sent for. */
  readonly at: string;
}

/** The next spans to be sent. */
export interface NextSpans {
  readonly groups: readonly SpanGroup[];
  /** The newest change that they are about, or that has none. */
  readonly position: number;
  /** How many changes were forgotten before they could be read. */
  readonly forgotten: number;
  /** Nothing came behind them when they were read. */
  readonly areLast: boolean;
}

type Read = Pick<Store, "changes" | "deliveries" | "deployments">;

/** Reads the spans of the changes behind a position: a delivery's once it is recorded, a deployment's once it has ended. */
export async function nextSpans(store: Read, position: number): Promise<NextSpans> {
  const changes = await store.changes.after(position, CHANGES);
  const forgotten = Math.max(0, (changes[0]?.sequence ?? 0) - position - 1);
  const groups: SpanGroup[] = [];
  let count = 0;
  for (const change of changes) {
    const spans = await spansOf(store, change);
    if (spans.length > 0) groups.push({ spans, at: change.at });
    count += spans.length;
    if (count >= SPANS) return { groups, position: change.sequence, forgotten, areLast: false };
  }
  const last = changes.at(-1)?.sequence ?? position;
  return { groups, position: last, forgotten, areLast: changes.length < CHANGES };
}

async function spansOf(store: Read, { kind, subject, status, at }: Change): Promise<readonly Span[]> {
  if (kind === "delivery") {
    const delivery = await store.deliveries.summary(subject);
    const span = delivery && deliverySpan(delivery, at);
    return span === undefined ? [] : [span];
  }
  if (kind !== "deployment" || status === undefined || !isOutcome(status)) return [];
  const deployment = await readDeployment(store, subject);
  return deployment === undefined ? [] : deploymentSpans(deployment);
}
