import type { StoreContext } from "../store-context.ts";
import type { SerialTransaction } from "./serially.ts";
import { serially } from "./serially.ts";

/** A write that people and programs ask for. If its request must not be carried out twice, its answer is kept in the same transaction. */
export async function answerably<Result>(
  { db, keepAnswer }: StoreContext,
  work: (tx: SerialTransaction) => Promise<Result>,
): Promise<Result> {
  return await serially(db, async (tx) => {
    const result = await work(tx);
    await keepAnswer?.(tx, result);
    return result;
  });
}
