import type { LogLine } from "../../domain/log-line.ts";
import type { StoreContext } from "../store-context.ts";

/** Adds lines to a deployment's log, in the order given; the caller numbers them. */
export async function appendOutput({ db }: StoreContext, deployment: string, lines: readonly LogLine[]): Promise<void> {
  if (lines.length === 0) return;
  await db
    .insertInto("tb_deployment_log")
    .values(lines.map((line) => ({ deployment_id: deployment, ...line })))
    .onConflict((conflict) => conflict.columns(["deployment_id", "sequence"]).doNothing())
    .execute();
}
