import type { StoreContext } from "../store-context.ts";
import type { RequestKey } from "./begin-request.ts";

/** The document that answers a request. */
export type Answer = Readonly<Record<string, unknown>>;

/** Keeps the answer to a request as part of the transaction of its act. */
export function answerKeeper(
  request: RequestKey,
  document: (result: never) => Answer | undefined,
): NonNullable<StoreContext["keepAnswer"]> {
  return async (tx, result) => {
    const answer = document(result as never);
    // Nothing was done: the act fails, and says why.
    if (answer !== undefined) await endRequest({ db: tx }, request, answer);
  };
}

/** Keeps the answer to a request, if the act has not kept it already. Without an answer the request failed and changed nothing: it may come again. */
export async function endRequest(
  { db }: Pick<StoreContext, "db">,
  { caller, key }: RequestKey,
  answer: Answer | undefined,
): Promise<void> {
  if (answer === undefined) {
    await db
      .deleteFrom("tb_request")
      .where((where) => where.and({ caller, key }))
      .where("answer", "is", null)
      .execute();
    return;
  }
  await db
    .updateTable("tb_request")
    .set({ answer: JSON.stringify(answer) })
    .where((where) => where.and({ caller, key }))
    .where("answer", "is", null)
    .execute();
}
