import { sql } from "kysely";
import type { DeploymentStatus, Trigger } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { WaitReason } from "../../domain/wait-reason.ts";
import { readWaitReason } from "../read-wait-reason.ts";
import type { StoreContext } from "../store-context.ts";

export interface RunningDeployment extends TargetKey {
  readonly id: string;
  readonly status: DeploymentStatus;
  readonly leaseOwner: string | undefined;
  readonly leaseExpiresAt: string | undefined;
  readonly runnerKind: string | undefined;
  /** JSON: the process that runs it. */
  readonly runnerIdentity: string | undefined;
  readonly cancelRequestedAt: string | undefined;
  /** The hash of the settings that it began with; undefined if it has not begun. */
  readonly settings: string | undefined;
  /** The reason why it waits although its target is free, as it was recorded last. */
  readonly waitsFor: WaitReason | undefined;
}

export interface QueuedDeployment extends TargetKey {
  readonly id: string;
  readonly trigger: Trigger;
  readonly overrideBy: string | undefined;
  /** The reason why it waits although its target is free, as it was recorded last. */
  readonly waitsFor: WaitReason | undefined;
  readonly retry: number;
  readonly retryLimit: number;
  readonly notBefore: string | undefined;
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
  return {
    queued: queued.map(({ override_by: by, waits_for: reason, retry_limit: limit, not_before: time, ...rest }) => ({
      ...rest,
      overrideBy: by ?? undefined,
      waitsFor: readWaitReason(reason),
      retryLimit: limit,
      notBefore: time ?? undefined,
    })),
    running: running.map(({ id, fraise, environment, job, status, ...row }) => ({
      id,
      fraise,
      environment,
      job,
      status,
      leaseOwner: row.lease_owner ?? undefined,
      leaseExpiresAt: row.lease_expires_at ?? undefined,
      runnerKind: row.runner_kind ?? undefined,
      runnerIdentity: row.runner_identity ?? undefined,
      cancelRequestedAt: row.cancel_requested_at ?? undefined,
      settings: row.settings ?? undefined,
      waitsFor: readWaitReason(row.waits_for),
    })),
  };
}
