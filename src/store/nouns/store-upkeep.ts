import type { Bind } from "../bind.ts";
import { forgettable } from "../reads/forgettable.ts";
import { lastStoreBackup } from "../reads/last-store-backup.ts";
import { newestId } from "../reads/newest-id.ts";
import { recordCounts } from "../reads/record-counts.ts";
import { forget } from "../writes/forget.ts";
import { recordStoreBackup } from "../writes/record-store-backup.ts";

/** The upkeep of the records themselves: counting, forgetting and backing them up. */
export function storeUpkeep(bind: Bind) {
  return {
    forget: bind(forget),
    forgettable: bind(forgettable),
    counts: bind(recordCounts),
    newestId: bind(newestId),
    recordBackup: bind(recordStoreBackup),
    lastBackup: bind(lastStoreBackup),
  };
}
