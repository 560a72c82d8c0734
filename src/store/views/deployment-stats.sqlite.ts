import type { View } from "../backends/backend.ts";

/** It has a row for each target and day (UTC) on which deployments of it ended. The view reads nothing but the index ix_deployment_stats. */
export const deploymentStatsSqlite: View = {
  name: "v_deployment_stats",
  sql: `select substr(finished_at, 1, 10) as day, fraise, environment, job,
       count(*) as deployments,
       sum(status = 'succeeded') as succeeded,
       sum(status = 'failed') as failed,
       sum(status = 'rolled_back') as rolled_back,
       sum(status = 'rollback_failed') as rollback_failed,
       sum(status = 'superseded') as superseded,
       sum(status = 'skipped') as skipped,
       sum(status = 'cancelled') as cancelled,
       max(finished_at) as last_finished_at
from tb_deployment
where finished_at is not null
group by substr(finished_at, 1, 10), fraise, environment, job`,
};
