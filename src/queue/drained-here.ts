import type { Gate } from "../domain/wait-reason.ts";
import type { Store } from "../store/store.ts";

/** The reason for which this host starts nothing that is queued; undefined if no person has drained it. */
export async function drainedHere(store: Pick<Store, "hosts">, host: string): Promise<Gate | undefined> {
  const drain = await store.hosts.drainOf(host);
  return drain && { kind: "drained", host, by: drain.by, reason: drain.reason };
}
