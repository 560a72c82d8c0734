import type { View } from "../backends/backend.ts";

/** It has a row for each target on each of its hosts: what runs there, what is being deployed, what waits, and how the last deployment ended. */
export const fraiseStatusView: View = {
  name: "v_fraise_status",
  sql: `select s.fraise, s.environment, s.job, s.revision, s.deployment_id, s.previous_revision, s.hold_reason, s.hold_since, s.updated_at,
       s.drift, s.drift_checked_at, s.last_run_result, s.last_run_exit_code, s.last_run_at,
       a.ref_kind as active_ref_kind, a.ref_name as active_ref_name, a.finished_at as active_since, a.release_path as active_release,
       r.id as running_id, r.revision as running_revision, r.status as running_status, r.phase as running_phase,
       r.progress as running_progress, r.started_at as running_since, r.phase_changed_at as running_phase_changed_at,
       r.stuck_since as running_stuck_since, r.held_because as running_held_because,
       w.id as waiting_id, w.revision as waiting_revision, w.queued_at as waiting_since, w.held_because as waiting_held_because,
       w.retry as waiting_retry, w.retry_limit as waiting_retry_limit, w.not_before as waiting_not_before,
       l.id as last_id, l.status as last_status, l.revision as last_revision, l.reason as last_reason, l.finished_at as last_finished_at, s.host
from tb_fraise_state s
left join tb_deployment a on a.id = s.deployment_id
left join tb_deployment r on r.fraise = s.fraise and r.environment = s.environment and r.job = s.job and r.host = s.host
                          and r.status in ('running', 'rolling_back')
left join tb_deployment w on w.fraise = s.fraise and w.environment = s.environment and w.job = s.job and w.host = s.host and w.status = 'queued'
left join tb_deployment l on l.id = (select max(id) from tb_deployment x
                                     where x.fraise = s.fraise and x.environment = s.environment and x.job = s.job and x.host = s.host)`,
};
