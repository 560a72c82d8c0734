import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** How the service of a job ended. */
export interface JobRun {
  /** systemd's word: `success`, `exit-code`, `signal`, `timeout`. */
  readonly result: string;
  readonly exitCode: number;
  /** ISO-8601. */
  readonly at: string;
}

/** Keeps how a job ended last in the state of its target on this host. */
export async function recordJobRun(
  { db, host }: StoreContext,
  { fraise, environment, job }: TargetKey,
  { result, exitCode, at }: JobRun,
): Promise<void> {
  await db
    .updateTable("tb_fraise_state")
    .set({ last_run_result: result, last_run_exit_code: exitCode, last_run_at: at })
    .where((where) => where.and({ fraise, environment, job, host }))
    .execute();
}
