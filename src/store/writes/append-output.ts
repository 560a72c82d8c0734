import type { LogLine } from "../../domain/log-line.ts";
import type { StoreContext } from "../store-context.ts";
import { withoutSync } from "./without-sync.ts";

/** Adds lines to a deployment's log, in the order given; the caller numbers them. They are on disk with the next entry of the journal, and before the outcome. */
export async function appendOutput(
  context: StoreContext,
  deployment: string,
  lines: readonly LogLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await withoutSync(context, async (db) => {
    await db
      .insertInto("tb_deployment_log")
      .values(lines.map((line) => ({ deployment_id: deployment, ...line })))
      .onConflict((conflict) => conflict.columns(["deployment_id", "sequence"]).doNothing())
      .execute();
  });
}
