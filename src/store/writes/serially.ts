import type { Kysely, Transaction } from "kysely";
import type { Tables } from "../tables.ts";

declare const isSerial: unique symbol;

/** A transaction during which no other process writes to the store, so that what it has read still holds when it writes. Only `serially` gives one. */
export type SerialTransaction = Transaction<Tables> & { readonly [isSerial]: true };

/**
 * Begins a transaction for a write that decides by what it has read. SQLite begins every transaction `immediate`, with the write lock. An engine with many writers must take
 * a lock of its own for this isolation level: a transaction that the engine gives up is not tried again.
 */
export async function serially<Result>(
  db: Kysely<Tables>,
  work: (tx: SerialTransaction) => Promise<Result>,
): Promise<Result> {
  return await db
    .transaction()
    .setIsolationLevel("serializable")
    .execute(async (tx) => await work(tx as SerialTransaction));
}
