import type { View } from "../backends/backend.ts";

/** It has a row for each target and day (UTC) on which deployments of it ended. The view reads nothing but the index ix_deployment_stats. */
export const deploymentStatsPostgres: View = {
  name: "v_deployment_stats",
  sql: `select substr(finished_at, 1, 10) as day, fraise, environment, job,
       count(*) as deployments,
       count(*) filter (where status = 'succeeded') as succeeded,
       count(*) filter (where status = 'failed') as failed,
       count(*) filter (where status = 'rolled_back') as rolled_back,
       count(*) filter (where status = 'rollback_failed') as rollback_failed,
       count(*) filter (where status = 'superseded') as superseded,
       count(*) filter (where status = 'skipped') as skipped,
       count(*) filter (where status = 'cancelled') as cancelled,
       max(finished_at) as last_finished_at
from tb_deployment
where finished_at is not null
group by substr(finished_at, 1, 10), fraise, environment, job`,
};
