import type { TargetKey } from "../../domain/fraise.ts";
import { newId } from "../../domain/id.ts";
import type { StoreContext } from "../store-context.ts";

export interface MigrationAttempt {
  readonly migration: string;
  readonly tool: string;
  readonly file: string;
  readonly sha256: string;
  readonly deployment: string | undefined;
  readonly by: string;
  /** `marked`: on record as applied, and nothing is run. */
  readonly status: "applying" | "marked";
}

/** Writes down that a migration is about to be applied; durable when it resolves. Gives the id of the attempt. */
export async function beginMigration(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  attempt: MigrationAttempt,
): Promise<string> {
  const id = newId();
  const at = new Date().toISOString();
  const { deployment, by, ...rest } = attempt;
  await db
    .insertInto("tb_migration_history")
    .values({
      id,
      fraise,
      environment,
      job,
      ...rest,
      deployment_id: deployment ?? null,
      applied_by: by,
      started_at: at,
      applied_at: attempt.status === "marked" ? at : null,
      execution_time_ms: null,
      error: "",
    })
    .execute();
  return id;
}
