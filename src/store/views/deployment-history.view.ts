import type { View } from "../backends/backend.ts";

/** Deployments as lists show them: without the runner's lease, the journal and the log. */
export const deploymentHistoryView: View = {
  name: "v_deployment_history",
  sql: `select d.id, d.fraise, d.environment, d.job, d.trigger, d.triggered_by, d.revision, d.ref_kind, d.ref_name, d.message, d.status, d.phase,
       d.progress, d.reason, d.hint, d.superseded_by, d.attempt, d.previous_revision, d.queued_at, d.started_at, d.finished_at,
       d.held_because, d.override_by, d.override_reason, d.returns_to,
       d.retry, d.retry_limit, d.retry_of, d.not_before, d.host
from tb_deployment d`,
};
