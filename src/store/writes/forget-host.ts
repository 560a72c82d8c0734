import type { StoreContext } from "../store-context.ts";
import { answerably } from "./answerably.ts";
import { recordAction } from "./record-action.ts";

interface Forgetting {
  readonly by: string;
  /** The last sign of life by which the host was found to be silent: one that gave another since then lives. */
  readonly seenAt: string | undefined;
}

/** Removes what a silent host told of itself. False if the store does not know it, or if it has given a sign of life meanwhile. */
export async function forgetHost(context: StoreContext, host: string, { by, seenAt }: Forgetting): Promise<boolean> {
  return await answerably(context, async (tx) => {
    const row = await tx
      .deleteFrom("tb_host")
      .where("name", "=", host)
      .where("seen_at", seenAt === undefined ? "is" : "=", seenAt ?? null)
      .returning("daemon_id")
      .executeTakeFirst();
    if (row === undefined) return false;
    await tx.deleteFrom("tb_daemon").where("name", "=", host).execute();
    await recordAction(tx, { action: "forget host", by, subject: host });
    return true;
  });
}
