import { sql } from "kysely";
import type { Placement } from "../../domain/fraise.ts";
import type { WaitReason } from "../../domain/wait-reason.ts";
import type { DeploymentRecord } from "../deployment-record.ts";
import { readWaitReason } from "../read-wait-reason.ts";
import type { StoreContext } from "../store-context.ts";
import { withoutNulls } from "../without-nulls.ts";

interface Waits {
  /** The reason why it waits although its target is free, as it was recorded last. */
  readonly waitsFor: WaitReason | undefined;
}

export type RunningDeployment = Waits &
  Pick<
    DeploymentRecord,
    | keyof Placement
    | "id"
    | "status"
    | "leaseOwner"
    | "leaseExpiresAt"
    | "runnerKind"
    | "runnerIdentity"
    | "cancelRequestedAt"
    | "settings"
  >;

export type QueuedDeployment = Waits &
  Pick<DeploymentRecord, keyof Placement | "id" | "trigger" | "overrideBy" | "retry" | "retryLimit" | "notBefore">;

export interface QueueState {
  /** Oldest first. */
  readonly queued: readonly QueuedDeployment[];
  readonly running: readonly RunningDeployment[];
  /** Deployments that wait because nobody knows on which host their target lives, oldest first. */
  readonly unplaced: readonly QueuedDeployment[];
}

/** The deployments of this host that wait and run, as the dispatcher needs them: as many rows as there are targets, however long the history. */
export async function queueState({ db, host }: StoreContext): Promise<QueueState> {
  const queued = await db
    .selectFrom("tb_deployment")
    .select(["id", "fraise", "environment", "job", "host", "trigger", "override_by as overrideBy", "waits_for"])
    .select(["retry", "retry_limit as retryLimit", "not_before as notBefore"])
    .where("host", "in", host === "" ? [host] : [host, ""])
    .where("status", "=", sql.lit("queued" as const))
    .orderBy("id")
    .execute();
  const running = await db
    .selectFrom("tb_deployment")
    .select(["id", "fraise", "environment", "job", "host", "status", "settings", "waits_for"])
    .select(["lease_owner as leaseOwner", "lease_expires_at as leaseExpiresAt"])
    .select(["runner_kind as runnerKind", "runner_identity as runnerIdentity"])
    .select("cancel_requested_at as cancelRequestedAt")
    .where("host", "=", host)
    .where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)])
    .execute();
  const waiting = queued.map(withReason);
  return {
    queued: waiting.filter((each) => each.host === host),
    running: running.map(withReason),
    unplaced: waiting.filter((each) => each.host !== host),
  };
}

function withReason<Row extends { readonly waits_for: string | null }>({ waits_for: reason, ...row }: Row) {
  return { ...withoutNulls(row), waitsFor: readWaitReason(reason) };
}
