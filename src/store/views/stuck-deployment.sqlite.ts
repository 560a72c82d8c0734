import type { View } from "../backends/backend.ts";

/** Deployments whose phase has not moved for too long. */
export const stuckDeploymentSqlite: View = {
  name: "v_stuck_deployment",
  sql: `select id, fraise, environment, job, status, phase, progress, phase_changed_at, stuck_since,
       cast((julianday('now') - julianday(phase_changed_at)) * 86400 as integer) as seconds_in_phase, host
from tb_deployment
where status in ('running', 'rolling_back') and stuck_since is not null`,
};
