import { sql } from "kysely";
import type { Phase } from "../../domain/phase.ts";
import type { DeploymentTable } from "../tables/deployment-tables.ts";
import type { SerialTransaction } from "./serially.ts";

/** A change of phase or progress as a row of its own, behind the ones before. Part of its caller's transaction. */
export async function insertPhase(
  tx: SerialTransaction,
  { id, phase, progress }: Pick<DeploymentTable, "id" | "phase" | "progress">,
  metadata: Readonly<Record<string, unknown>>,
  at: string,
): Promise<void> {
  await tx
    .insertInto("tb_deployment_phase")
    .values({
      deployment_id: id,
      sequence: sql<number>`(select coalesce(max(sequence), 0) + 1 from tb_deployment_phase where deployment_id = ${id})`,
      phase,
      progress,
      metadata: JSON.stringify(metadata),
      at,
    })
    .execute();
}

/** Whether this change is on record: an earlier attempt of the same call wrote it. */
export async function hasPhase(
  tx: SerialTransaction,
  id: string,
  at: string,
  { phase, metadata }: { readonly phase?: Phase; readonly metadata: Readonly<Record<string, unknown>> },
): Promise<boolean> {
  const found = await tx
    .selectFrom("tb_deployment_phase")
    .select("sequence")
    .where((where) => where.and({ deployment_id: id, at, metadata: JSON.stringify(metadata) }))
    .$if(phase !== undefined, (query) => query.where("phase", "=", phase ?? "failed"))
    .executeTakeFirst();
  return found !== undefined;
}
