/** The records of the first store on PostgreSQL beside deployments: processes, people, repositories, databases, checks, variables, tokens and requests. */
export const recordsPostgres = `
create table tb_daemon (
  id text collate "C" primary key not null,
  host text collate "C" not null,
  pid bigint not null,
  boot_id text collate "C" not null,
  start_time text collate "C" not null,
  pid_namespace text collate "C" not null,
  listen text collate "C" not null,
  version text collate "C" not null,
  store_version bigint not null,
  started_at text collate "C" not null,
  config_file text collate "C" not null,
  config_stamp text collate "C" not null,
  config_read_at text collate "C" not null,
  troubles text collate "C" not null,
  reload_asked bigint not null,
  reload_answered bigint not null,
  reload_failure text collate "C" not null
);

create table tb_store_backup (
  id bigint primary key not null check (id = 1),
  at text collate "C" not null,
  file text collate "C" not null,
  bytes bigint not null,
  made_by text collate "C" not null
);

create table tb_lock (
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null,
  holder text collate "C" not null,
  reason text collate "C" not null,
  locked_by text collate "C" not null,
  locked_at text collate "C" not null,
  primary key (fraise, environment, job, holder)
);

create table tb_action (
  id text collate "C" primary key not null,
  at text collate "C" not null,
  action text collate "C" not null,
  by text collate "C" not null,
  fraise text collate "C" not null default '',
  environment text collate "C" not null default '',
  job text collate "C" not null default '',
  subject text collate "C" not null default '',
  reason text collate "C" not null default ''
);
create index ix_action_target on tb_action (fraise, environment, job, id);

create table tb_swept_ref (
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null,
  ref text collate "C" not null,
  revision text collate "C" not null,
  decided_at text collate "C" not null,
  primary key (fraise, environment, job, ref)
);

create table tb_sweep (
  repository text collate "C" primary key not null,
  swept_at text collate "C" not null,
  problem text collate "C" not null default ''
);

create table tb_migration_history (
  id text collate "C" primary key not null,
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  migration text collate "C" not null,
  tool text collate "C" not null,
  file text collate "C" not null default '',
  sha256 text collate "C" not null default '',
  deployment_id text collate "C" references tb_deployment (id) on delete set null,
  status text collate "C" not null check (status in ('applying', 'success', 'failed', 'rolling_back', 'rolled_back', 'marked')),
  started_at text collate "C" not null,
  applied_at text collate "C",
  applied_by text collate "C" not null,
  execution_time_ms bigint,
  error text collate "C" not null default ''
);
create index ix_migration_history_target on tb_migration_history (fraise, environment, job, id);
create index ix_migration_history_migration on tb_migration_history (fraise, environment, job, migration, id);
create index ix_migration_history_deployment on tb_migration_history (deployment_id) where deployment_id is not null;

create table tb_verification (
  id text collate "C" not null,
  sequence bigint not null,
  deployment_id text collate "C" references tb_deployment (id) on delete cascade,
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  revision text collate "C" not null,
  type text collate "C" not null,
  name text collate "C" not null,
  status text collate "C" not null check (status in ('passed', 'failed', 'warned')),
  seen text collate "C" not null,
  duration_ms bigint not null,
  at text collate "C" not null,
  primary key (id, sequence)
);
create index ix_verification_target on tb_verification (fraise, environment, job, id);
create index ix_verification_revision on tb_verification (fraise, environment, job, revision, id);
create index ix_verification_deployment on tb_verification (deployment_id) where deployment_id is not null;

create table tb_environment_variable (
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  name text collate "C" not null,
  value bytea not null,
  updated_at text collate "C" not null,
  updated_by text collate "C" not null,
  primary key (fraise, environment, job, name)
);

create table tb_variable_key (
  id bigint primary key not null check (id = 1),
  recipient text collate "C" not null,
  since text collate "C" not null
);

create table tb_group_file (
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  group_name text collate "C" not null,
  file text collate "C" not null,
  blob text collate "C" not null,
  deployment_id text collate "C" not null,
  at text collate "C" not null,
  primary key (fraise, environment, job, group_name, file)
);

create table tb_backup (
  id text collate "C" primary key not null,
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  deployment_id text collate "C" references tb_deployment (id) on delete set null,
  revision text collate "C" not null default '',
  engine text collate "C" not null,
  path text collate "C" not null,
  bytes bigint,
  manifest_sha256 text collate "C" not null default '',
  status text collate "C" not null check (status in ('running', 'complete', 'failed', 'deleted')),
  error text collate "C" not null default '',
  started_at text collate "C" not null,
  finished_at text collate "C",
  created_by text collate "C" not null
);
create index ix_backup_target on tb_backup (fraise, environment, job, id);
create index ix_backup_deployment on tb_backup (deployment_id) where deployment_id is not null;

create table tb_api_token (
  id text collate "C" primary key not null,
  name text collate "C" not null,
  -- SHA-256 of the token, which itself is not kept.
  hash bytea not null,
  scope text collate "C" not null check (scope in ('read', 'deploy', 'admin')),
  -- JSON: a list of names; '[]' for all.
  fraises text collate "C" not null,
  environments text collate "C" not null,
  created_at text collate "C" not null,
  created_by text collate "C" not null,
  expires_at text collate "C",
  last_used_at text collate "C",
  revoked_at text collate "C",
  revoked_by text collate "C"
);
create unique index ux_api_token_name on tb_api_token (name) where revoked_at is null;

create table tb_session (
  -- SHA-256 of the secret in the cookie, which itself is not kept.
  hash bytea primary key not null,
  token_id text collate "C" not null references tb_api_token (id),
  created_at text collate "C" not null,
  expires_at text collate "C" not null
);

create table tb_request (
  caller text collate "C" not null,
  key text collate "C" not null,
  at text collate "C" not null,
  -- SHA-256 of the verb and the document.
  hash bytea not null,
  -- The process that works on it, as JSON.
  owner text collate "C" not null,
  -- The document of the answer, as JSON, written in the transaction of the act itself; null before.
  answer text collate "C",
  primary key (caller, key)
);
create index ix_request_at on tb_request (at);
`;
