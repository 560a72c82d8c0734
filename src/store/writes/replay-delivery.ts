import type { IncomingDelivery, RecordedDelivery } from "../../domain/decision.ts";
import type { StoreContext } from "../store-context.ts";
import { answerably } from "./answerably.ts";
import { recordAction } from "./record-action.ts";
import { recordIn } from "./record-deliveries.ts";

/** A person lets a stored delivery be decided again: recorded like one that arrived, and who asked for it. */
export async function replayDelivery(
  context: StoreContext,
  delivery: IncomingDelivery,
  original: string,
  by: string,
): Promise<readonly RecordedDelivery[]> {
  return await answerably(context, async (tx) => {
    await recordAction(tx, { action: "replay", by, subject: original });
    return await recordIn(tx, context.host, [delivery]);
  });
}
