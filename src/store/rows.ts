import type { Selectable } from "kysely";
import type { Deployment } from "../domain/deployment.ts";
import { readOptions } from "../domain/deployment-options.ts";
import { refOf } from "../domain/event.ts";
import type { WaitReason } from "../domain/wait-reason.ts";
import type { DeploymentTable } from "./tables.ts";

/** A row of tb_deployment as the rest of the program speaks of it. */
export function toDeployment(row: Omit<Selectable<DeploymentTable>, "waits_for">): Deployment {
  return {
    id: row.id,
    fraise: row.fraise,
    environment: row.environment,
    job: row.job,
    trigger: row.trigger,
    triggeredBy: row.triggered_by,
    revision: row.revision,
    ref: refOf(row.ref_kind, row.ref_name),
    forced: row.forced === 1,
    message: row.message,
    options: readOptions(row.options),
    status: row.status,
    phase: row.phase,
    progress: row.progress,
    reason: row.reason,
    supersededBy: row.superseded_by ?? undefined,
    attempt: row.attempt,
    queuedAt: new Date(row.queued_at),
    startedAt: toDate(row.started_at),
    finishedAt: toDate(row.finished_at),
  };
}

/** A reason to wait as recordWait() wrote it. */
export function readWaitReason(json: string | null): WaitReason | undefined {
  return json === null ? undefined : (JSON.parse(json) as WaitReason);
}

function toDate(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text);
}
