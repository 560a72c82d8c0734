/** What checks saw: a row each, grouped by the run of their suite. A run by hand belongs to no deployment. */
export const verificationSqlite = `
create table tb_verification (
  id text not null,
  sequence integer not null,
  deployment_id text references tb_deployment (id) on delete cascade,
  fraise text not null,
  environment text not null,
  job text not null default '',
  revision text not null,
  type text not null,
  name text not null,
  status text not null check (status in ('passed', 'failed', 'warned')),
  seen text not null,
  duration_ms integer not null,
  at text not null,
  primary key (id, sequence)
) without rowid, strict;
create index ix_verification_target on tb_verification (fraise, environment, job, id);
create index ix_verification_revision on tb_verification (fraise, environment, job, revision, id);
create index ix_verification_deployment on tb_verification (deployment_id) where deployment_id is not null;

create view v_verification_status as
select s.fraise, s.environment, s.job, v.id, v.deployment_id, v.revision,
       case when exists (select 1 from tb_verification c where c.id = v.id and c.status = 'failed') then 'failed'
            when exists (select 1 from tb_verification c where c.id = v.id and c.status = 'warned') then 'warned'
            else 'passed' end as status,
       (select max(c.at) from tb_verification c where c.id = v.id) as at,
       (select count(*) from tb_verification c where c.id = v.id) as checks,
       (select count(*) from tb_verification c where c.id = v.id and c.status = 'failed') as failed,
       (select count(*) from tb_verification c where c.id = v.id and c.status = 'warned') as warned
from tb_fraise_state s
join tb_verification v
  on v.id = (select max(x.id) from tb_verification x where x.fraise = s.fraise and x.environment = s.environment and x.job = s.job)
 and v.sequence = 1;
`;
