import type { Placement, TargetKey } from "../../domain/fraise.ts";
import type { CheckResult } from "../../domain/verification.ts";
import { callOf } from "../call.ts";
import type { StoreContext } from "../store-context.ts";
import { insertRows } from "./insert-rows.ts";
import { ownDeployment } from "./own-deployment.ts";
import type { SerialTransaction } from "./serially.ts";
import { serially } from "./serially.ts";

export interface NewVerification {
  readonly target: TargetKey;
  readonly revision: string;
  /** The deployment it is part of, and who runs that; undefined for one by hand. */
  readonly deployment: { readonly id: string; readonly owner: string } | undefined;
  readonly results: readonly CheckResult[];
}

/** Runs by hand that are kept for a target: a timer may ask every minute, and no deployment takes them along when it goes. */
const KEPT_BY_HAND = 100;

/** Writes down what all checks of a suite saw, at once: half a suite proves nothing. Gives its id. */
export async function recordVerification(
  context: StoreContext,
  { target, revision, deployment, results }: NewVerification,
): Promise<string> {
  const { id, isRepeat } = callOf(context);
  const { host } = context;
  const { fraise, environment, job } = target;
  await serially(context.db, async (tx) => {
    if (isRepeat && (await isRecorded(tx, id))) return;
    if (deployment !== undefined) await ownDeployment(tx, deployment.id, deployment.owner);
    const rows = results.map(({ type, name, status, seen, durationMs, at }, index) => ({
      id,
      sequence: index + 1,
      deployment_id: deployment?.id ?? null,
      fraise,
      environment,
      job,
      host,
      revision,
      type,
      name,
      status,
      seen,
      duration_ms: durationMs,
      at: at.toISOString(),
    }));
    await insertRows(tx, "tb_verification", rows);
    if (deployment === undefined) await forgetOld(tx, { ...target, host });
  });
  return id;
}

async function isRecorded(tx: SerialTransaction, id: string): Promise<boolean> {
  const found = await tx.selectFrom("tb_verification").select("id").where("id", "=", id).executeTakeFirst();
  return found !== undefined;
}

async function forgetOld(tx: SerialTransaction, { fraise, environment, job, host }: Placement): Promise<void> {
  const byHand = tx
    .selectFrom("tb_verification")
    .where((where) => where.and({ fraise, environment, job, host }))
    .where("deployment_id", "is", null);
  const newestToGo = await byHand
    .select("id")
    .where("sequence", "=", 1)
    .orderBy("id", "desc")
    .limit(1)
    .offset(KEPT_BY_HAND)
    .executeTakeFirst();
  if (newestToGo === undefined) return;
  await tx
    .deleteFrom("tb_verification")
    .where((where) => where.and({ fraise, environment, job, host }))
    .where("deployment_id", "is", null)
    .where("id", "<=", newestToGo.id)
    .execute();
}
