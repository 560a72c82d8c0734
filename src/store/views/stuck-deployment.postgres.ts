import type { View } from "../backends/backend.ts";

/** Deployments whose phase has not moved for too long. */
export const stuckDeploymentPostgres: View = {
  name: "v_stuck_deployment",
  sql: `select id, fraise, environment, job, status, phase, progress, phase_changed_at, stuck_since,
       trunc(extract(epoch from now() - phase_changed_at::timestamptz))::bigint as seconds_in_phase, host
from tb_deployment
where status in ('running', 'rolling_back') and stuck_since is not null`,
};
