import type { TargetKey } from "../../domain/fraise.ts";
import { callOf } from "../call.ts";
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
  context: StoreContext,
  { fraise, environment, job }: TargetKey,
  attempt: MigrationAttempt,
): Promise<string> {
  const { id, at, isRepeat } = callOf(context);
  const { deployment, by, ...rest } = attempt;
  await context.db
    .insertInto("tb_migration_history")
    .values({
      id,
      fraise,
      environment,
      job,
      host: context.host,
      ...rest,
      deployment_id: deployment ?? null,
      applied_by: by,
      started_at: at,
      applied_at: attempt.status === "marked" ? at : null,
      execution_time_ms: null,
      error: "",
    })
    // A row of this id comes from an earlier attempt of this call.
    .$if(isRepeat, (query) => query.onConflict((conflict) => conflict.column("id").doNothing()))
    .execute();
  return id;
}
