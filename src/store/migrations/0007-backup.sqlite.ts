/** Backups of the databases of fraises. What a backup holds is in its folder's manifest; this says what became of each. */
export const backupSqlite = `
create table tb_backup (
  id text primary key not null,
  fraise text not null,
  environment text not null,
  job text not null default '',
  deployment_id text references tb_deployment (id) on delete set null,
  revision text not null default '',
  engine text not null,
  path text not null,
  bytes integer,
  manifest_sha256 text not null default '',
  status text not null check (status in ('running', 'complete', 'failed', 'deleted')),
  error text not null default '',
  started_at text not null,
  finished_at text,
  created_by text not null
) without rowid, strict;
create index ix_backup_target on tb_backup (fraise, environment, job, id);
create index ix_backup_deployment on tb_backup (deployment_id) where deployment_id is not null;
`;
