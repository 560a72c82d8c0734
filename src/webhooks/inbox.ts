import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { StoreUnavailable } from "../domain/errors.ts";
import { openBatchWriter } from "./batch-writer.ts";
import { monotonicMs } from "./monotonic-ms.ts";
import type { InboxOutcome, InboxReply, InboxRequest, StorePlace } from "./recorder.ts";
import { createWaitingLine } from "./waiting-line.ts";
import type { Waiting } from "./waiting-line.ts";

/** Makes deliveries durable. Concurrent ones share one commit. */
export interface Inbox {
  /**
   * Resolves once the delivery, its decisions and its deployments are on disk.
   * @param limits those of the inbox if undefined.
   * @throws StoreUnavailable when the store cannot take it in time: nothing of it is recorded, or it is told as late.
   */
  record(delivery: IncomingDelivery, limits?: InboxLimits): Promise<RecordedDelivery>;
  /** Waits for what is under way, then stops. */
  close(): Promise<void>;
}

export interface InboxLimits {
  /** How long the store may take to commit a delivery. */
  readonly storeMs: number;
  /** When whoever waits is told that it was not recorded, whatever the store does: a little later, as a disk can hold up a commit. */
  readonly answerMs: number;
}

/** Gitea gives up after five seconds, GitHub and GitLab after ten. */
const FORGE_LIMITS: InboxLimits = { storeMs: 3_000, answerMs: 3_800 };

/**
 * Opens the inbox. It writes to a file on a thread of its own, so that neither a commit nor a store locked by another process holds up the event loop; waiting for a server
 * holds up nothing. While one batch is being committed the next one gathers: the busier the daemon, the fewer commits per delivery.
 * @param onQueued called after a batch that queued something.
 * @param onLate called if a delivery was recorded after it had been refused: the disk held up the commit.
 */
export async function openInbox(
  place: StorePlace,
  onQueued: () => void,
  onLate: (recorded: RecordedDelivery) => void,
  usual: InboxLimits = FORGE_LIMITS,
): Promise<Inbox> {
  const line = createWaitingLine();
  let underWay: readonly Waiting[] | undefined;
  let failure: StoreUnavailable | undefined;
  let idle = Promise.withResolvers<void>();
  idle.resolve();

  const send = (): void => {
    if (underWay !== undefined || line.isEmpty()) return;
    underWay = line.takeBatch();
    const deadline = Math.min(...underWay.map((each) => each.deadline));
    const request: InboxRequest = { deliveries: underWay.map(({ delivery }) => delivery), deadline };
    writer.send(request);
  };
  const settle = ({ outcomes }: InboxReply): void => {
    const batch = underWay ?? [];
    underWay = undefined;
    const again: Waiting[] = [];
    for (const [index, each] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome?.recorded !== undefined) accept(each, outcome.recorded, onLate);
      else if (mayBeTriedAgain(each, outcome)) again.push(each);
      else refuse(each, notTaken(outcome));
    }
    line.putBack(again);
    if (outcomes.some(({ recorded }) => hasQueued(recorded))) onQueued();
    if (line.isEmpty()) idle.resolve();
    send();
  };
  const giveUp = (each: Waiting): void => {
    if (!line.remove(each)) {
      refuse(each, new StoreUnavailable(COMMIT_UNDER_WAY, { hint: "Send it again: nothing is deployed twice." }));
      return;
    }
    if (line.isEmpty() && underWay === undefined) idle.resolve();
    refuse(each, new StoreUnavailable("the store is too slow: the delivery was not recorded", { hint: SEND_AGAIN }));
  };
  const writer = await openBatchWriter(place, settle, (stopped) => {
    failure = stopped;
    for (const each of [...(underWay ?? []), ...line.all()]) refuse(each, stopped);
  });

  return {
    record(delivery, { storeMs, answerMs } = usual) {
      if (failure !== undefined) return Promise.reject(failure);
      if (!line.hasRoomFor(delivery)) {
        const message = `${line.all().length} deliveries wait for the store already`;
        return Promise.reject(new StoreUnavailable(message, { hint: SEND_AGAIN }));
      }
      return new Promise((resolve, reject) => {
        if (underWay === undefined && line.isEmpty()) {
          idle = Promise.withResolvers<void>();
          // Not at once: requests that were read in the same turn of the event loop share the commit.
          setImmediate(send);
        }
        const timer = setTimeout(() => giveUp(each), answerMs);
        const deadline = monotonicMs() + storeMs;
        const each: Waiting = { delivery, deadline, timer, isGivenUp: false, resolve, reject };
        line.add(each);
      });
    },
    async close() {
      await idle.promise;
      await writer.close();
    },
  };
}

const SEND_AGAIN = "Send it again in a minute.";
const COMMIT_UNDER_WAY = "the store is too slow: the delivery may be recorded later all the same";

function accept(each: Waiting, recorded: RecordedDelivery, onLate: (recorded: RecordedDelivery) => void): void {
  if (each.isGivenUp) onLate(recorded);
  clearTimeout(each.timer);
  each.resolve(recorded);
}

function refuse(each: Waiting, error: StoreUnavailable): void {
  clearTimeout(each.timer);
  each.isGivenUp = true;
  // Does nothing if it was refused before.
  each.reject(error);
}

/** Whether the batch ran out of the time of another delivery in it, and this one has time left. */
function mayBeTriedAgain({ isGivenUp, deadline }: Waiting, outcome: InboxOutcome | undefined): boolean {
  return outcome?.recorded === undefined && outcome?.isLate === true && !isGivenUp && deadline > monotonicMs();
}

function hasQueued(recorded: RecordedDelivery | undefined): boolean {
  return recorded?.decisions.some(({ decision }) => decision === "queued") === true;
}

function notTaken(outcome: InboxOutcome | undefined): StoreUnavailable {
  const { error = "no answer", hint } = outcome?.recorded === undefined ? (outcome ?? {}) : {};
  // The sender sends again; the operator, who reads the answer at the forge, mends the store.
  const remedy = hint === undefined ? SEND_AGAIN : `${SEND_AGAIN} ${hint}`;
  return new StoreUnavailable(`the store did not take the delivery: ${error}`, { hint: remedy });
}
