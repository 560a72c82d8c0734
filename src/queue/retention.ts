import { idBefore } from "../domain/id.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { Forgettable } from "../store/writes/forget.ts";
import { FORGETTABLE } from "../store/writes/forget.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A client of the API that was away for longer reads everything anew. */
const CHANGES_DAYS = 7;

/** The settings of `store:` in fraises.yaml about how long things are kept. */
export interface Retention {
  readonly keep_payloads_days: number;
  readonly keep_logs_days: number;
  readonly keep_history_days: number;
  /** Bytes. */
  readonly max_size: number;
}

export type Forgotten = Readonly<Partial<Record<Forgettable, number>>>;

type Pruned = Pick<Store, "upkeep" | "size" | "usedSize" | "tidy">;
type Retained = Pruned & Pick<Store, "onlyReads">;

/** Ids older than these may go, by kind. */
export function cutoffs(retention: Retention, now: Date): Readonly<Record<Forgettable, string>> {
  const daysAgo = (days: number): string => idBefore(new Date(now.getTime() - days * DAY_MS));
  const history = daysAgo(retention.keep_history_days);
  return {
    refused: history,
    changes: daysAgo(CHANGES_DAYS),
    payloads: daysAgo(retention.keep_payloads_days),
    logs: daysAgo(retention.keep_logs_days),
    deliveries: history,
    deployments: history,
    actions: history,
  };
}

/**
 * Forgets what is older than it is to be kept; then, while the store is larger than it may be, the oldest of what is missed least. Gives
 * free pages back to the file system. In small transactions: deliveries get their turn in between.
 */
export async function prune(store: Pruned, retention: Retention, now: Date): Promise<Forgotten> {
  const forgotten: Record<string, number> = {};
  const count = (what: Forgettable, number: number): void => {
    forgotten[what] = (forgotten[what] ?? 0) + number;
  };
  const limits = cutoffs(retention, now);
  for (const what of FORGETTABLE) {
    for (let some = -1; some !== 0;) {
      some = await store.upkeep.forget(what, limits[what]);
      if (some > 0) count(what, some);
    }
  }
  const isTooLarge = async (): Promise<boolean> =>
    (await store.size()) > retention.max_size && (await store.usedSize()) > retention.max_size;
  const shrink = async (what: Forgettable, cutoff: string): Promise<void> => {
    while (await isTooLarge()) {
      const some = await store.upkeep.forget(what, cutoff);
      if (some === 0) break;
      count(what, some);
    }
  };
  // Young as they are: a disk that fills up would lose all. Strangers can cause the first of these, so nothing else goes before they are gone.
  for (const what of ["refused", "changes", "payloads"] as const) await shrink(what, idBefore(now));
  for (const cutoff of [new Date(now.getTime() - DAY_MS), now]) await shrink("logs", idBefore(cutoff));
  // By halves, so that no kind of record is gone while another goes back for years; what came last can always be looked up.
  for (let age = (retention.keep_history_days * DAY_MS) / 2; age >= HOUR_MS; age /= 2) {
    const cutoff = idBefore(new Date(now.getTime() - age));
    for (const what of ["deliveries", "deployments", "actions"] as const) await shrink(what, cutoff);
  }
  await store.tidy();
  return forgotten;
}

/** Prunes at start and every hour, by the settings that are in force then. */
export function startRetention(store: Retained, retention: () => Retention, log: Log): { stop(): Promise<void> } {
  const run = async (): Promise<void> => {
    if (store.onlyReads() !== undefined) return;
    try {
      const forgotten = await prune(store, retention(), new Date());
      if (Object.keys(forgotten).length > 0) log.info({ forgotten }, "forgot what is older than it is to be kept");
    } catch (error) {
      log.error({ err: error }, "old records could not be forgotten; trying again in an hour");
    }
  };
  let underWay = run();
  const timer = setInterval(() => {
    underWay = underWay.then(run);
  }, HOUR_MS);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
