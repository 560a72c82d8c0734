import type { View } from "../backends/backend.ts";

/** The last run of each target's checks on each of its hosts: as good as its worst check. */
export const verificationStatusView: View = {
  name: "v_verification_status",
  sql: `select s.fraise, s.environment, s.job, v.id, v.deployment_id, v.revision,
       case when exists (select 1 from tb_verification c where c.id = v.id and c.status = 'failed') then 'failed'
            when exists (select 1 from tb_verification c where c.id = v.id and c.status = 'warned') then 'warned'
            else 'passed' end as status,
       (select max(c.at) from tb_verification c where c.id = v.id) as at,
       (select count(*) from tb_verification c where c.id = v.id) as checks,
       (select count(*) from tb_verification c where c.id = v.id and c.status = 'failed') as failed,
       (select count(*) from tb_verification c where c.id = v.id and c.status = 'warned') as warned,
       s.host
from tb_fraise_state s
join tb_verification v
  on v.id = (select max(x.id) from tb_verification x where x.fraise = s.fraise and x.environment = s.environment and x.job = s.job and x.host = s.host)
 and v.sequence = 1`,
};
