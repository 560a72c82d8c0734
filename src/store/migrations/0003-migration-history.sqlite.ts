/** What fraisier did to the databases of fraises: each attempt at each migration. What a database itself says stands above this. */
export const migrationHistorySqlite = `
create table tb_migration_history (
  id text primary key not null,
  fraise text not null,
  environment text not null,
  job text not null default '',
  migration text not null,
  tool text not null,
  file text not null default '',
  sha256 text not null default '',
  deployment_id text references tb_deployment (id) on delete set null,
  status text not null check (status in ('applying', 'success', 'failed', 'rolling_back', 'rolled_back', 'marked')),
  started_at text not null,
  applied_at text,
  applied_by text not null,
  execution_time_ms integer,
  error text not null default ''
) without rowid, strict;
create index ix_migration_history_target on tb_migration_history (fraise, environment, job, id);
create index ix_migration_history_migration on tb_migration_history (fraise, environment, job, migration, id);
create index ix_migration_history_deployment on tb_migration_history (deployment_id) where deployment_id is not null;

create view v_migration_status as
select h.*
from tb_migration_history h
where h.id = (select max(x.id) from tb_migration_history x
              where x.fraise = h.fraise and x.environment = h.environment and x.job = h.job and x.migration = h.migration);
`;
