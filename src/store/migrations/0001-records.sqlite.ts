/** The records of the first released store beside deployments: processes, people, repositories, databases, checks and variables. */
export const recordsSqlite = `
-- The daemon of each host.
create table tb_daemon (
  id text primary key not null,
  host text not null,
  pid integer not null,
  boot_id text not null,
  start_time text not null,
  pid_namespace text not null,
  listen text not null,
  version text not null,
  store_version integer not null,
  started_at text not null,
  config_file text not null,
  config_stamp text not null,
  config_read_at text not null,
  troubles text not null,
  reload_asked integer not null,
  reload_answered integer not null,
  reload_failure text not null
) without rowid, strict;

-- The newest backup of this store. It is written after that backup, so a restored store does not know the backup that it came from.
create table tb_store_backup (
  id integer primary key not null check (id = 1),
  at text not null,
  file text not null,
  bytes integer not null,
  made_by text not null
) strict;

-- '*' stands for every environment or every job. holder: the process that holds the lock, as JSON; '' for the lock of a person.
create table tb_lock (
  fraise text not null,
  environment text not null,
  job text not null,
  holder text not null,
  reason text not null,
  locked_by text not null,
  locked_at text not null,
  primary key (fraise, environment, job, holder)
) without rowid, strict;

-- What people did beside deploying. These rows never change.
create table tb_action (
  id text primary key not null,
  at text not null,
  action text not null,
  by text not null,
  fraise text not null default '',
  environment text not null default '',
  job text not null default '',
  subject text not null default '',
  reason text not null default ''
) without rowid, strict;
create index ix_action_target on tb_action (fraise, environment, job, id);

-- The revision of each ref that the last sweep decided on, so that no sweep decides twice.
create table tb_swept_ref (
  fraise text not null,
  environment text not null,
  job text not null,
  ref text not null,
  revision text not null,
  decided_at text not null,
  primary key (fraise, environment, job, ref)
) without rowid, strict;

-- One row for each repository: when it was asked last, and what went wrong.
create table tb_sweep (
  repository text primary key not null,
  swept_at text not null,
  problem text not null default ''
) without rowid, strict;

-- Each attempt at each migration of a fraise's database. The record in that database itself takes precedence.
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

-- One row for each check. Rows of one run share an id; a run by hand belongs to no deployment.
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

-- Values are sealed before they come here: the store has neither the plain text nor the key.
create table tb_environment_variable (
  fraise text not null,
  environment text not null,
  job text not null default '',
  name text not null,
  value blob not null,
  updated_at text not null,
  updated_by text not null,
  primary key (fraise, environment, job, name)
) strict;

-- The one key that every value is sealed for. A writer says which key it used, so that no value is written for a key that
-- another process has just replaced.
create table tb_variable_key (
  id integer primary key not null check (id = 1),
  recipient text not null,
  since text not null
) strict;

-- Which content of which file each component group has deployed.
create table tb_group_file (
  fraise text not null,
  environment text not null,
  job text not null default '',
  group_name text not null,
  file text not null,
  blob text not null,
  deployment_id text not null,
  at text not null,
  primary key (fraise, environment, job, group_name, file)
) without rowid, strict;

-- Backups of the databases of fraises. The manifest in a backup's folder says what the backup holds.
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
