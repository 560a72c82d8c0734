import { sql } from "kysely";
import type { DeploymentStatus, Trigger } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { WaitReason } from "../../domain/wait-reason.ts";
import { readWaitReason } from "../rows.ts";
import type { StoreContext } from "../store-context.ts";

export interface RunningDeployment extends TargetKey {
  readonly id: string;
  readonly status: DeploymentStatus;
  readonly lease_owner: string | null;
  readonly lease_expires_at: string | null;
  readonly runner_kind: string | null;
  readonly runner_identity: string | null;
  readonly cancel_requested_at: string | null;
  /** Its settings are kept in the store. */
  readonly settings: string | null;
  /** The reason why it waits although its target is free, as it was recorded last. */
  readonly waitsFor: WaitReason | undefined;
}

export interface QueuedDeployment extends TargetKey {
  readonly id: string;
  readonly trigger: Trigger;
  readonly override_by: string | null;
  /** The reason why it waits although its target is free, as it was recorded last. */
  readonly waitsFor: WaitReason | undefined;
  readonly retry: number;
  readonly retry_limit: number;
  readonly not_before: string | null;
}

export interface QueueState {
  /** Oldest first. */
  readonly queued: readonly QueuedDeployment[];
  readonly running: readonly RunningDeployment[];
}

/** The facts that the dispatcher works from: as many rows as there are targets, however long the history. */
export async function queueState({ db }: StoreContext): Promise<QueueState> {
  const queued = await db
    .selectFrom("tb_deployment")
    .select(["id", "fraise", "environment", "job", "trigger", "override_by", "waits_for"])
    .select(["retry", "retry_limit", "not_before"])
    .where("status", "=", sql.lit("queued" as const))
    .orderBy("id")
    .execute();
  const running = await db
    .selectFrom("tb_deployment")
    .select([
      "id",
      "fraise",
      "environment",
      "job",
      "status",
      "lease_owner",
      "lease_expires_at",
      "runner_kind",
      "runner_identity",
      "cancel_requested_at",
      "settings",
      "waits_for",
    ])
    .where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)])
    .execute();
  return { queued: queued.map(withReason), running: running.map(withReason) };
}

function withReason<Row extends { readonly waits_for: string | null }>({ waits_for: json, ...rest }: Row) {
  return { ...rest, waitsFor: readWaitReason(json) };
}
