/**
 * Targets, deployments and deliveries in the first store on PostgreSQL: as the migrations of SQLite make them up to this number, where comments say what each table is for. Texts
 * are sorted by their bytes, as ids and times need it. Times are ISO-8601 UTC text, JSON is text, booleans are 0 or 1.
 */
export const deploymentsPostgres = `
create table tb_fraise_state (
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  revision text collate "C",
  deployment_id text collate "C",
  previous_revision text collate "C",
  previous_deployment_id text collate "C",
  hold_reason text collate "C",
  hold_since text collate "C",
  updated_at text collate "C" not null,
  drift text collate "C" not null default '',
  drift_checked_at text collate "C",
  last_run_result text collate "C",
  last_run_exit_code bigint,
  last_run_at text collate "C",
  primary key (fraise, environment, job)
);

create table tb_bad_revision (
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  revision text collate "C" not null,
  deployment_id text collate "C" not null,
  reason text collate "C" not null,
  at text collate "C" not null,
  primary key (fraise, environment, job, revision)
);

create table tb_settings (
  hash text collate "C" primary key not null,
  text text collate "C" not null
);

create table tb_deployment (
  id text collate "C" primary key not null,
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  trigger text collate "C" not null,
  triggered_by text collate "C" not null,
  revision text collate "C" not null,
  previous_pushed text collate "C",
  ref_kind text collate "C",
  ref_name text collate "C",
  forced bigint not null default 0,
  message text collate "C" not null default '',
  status text collate "C" not null,
  phase text collate "C" not null default 'queued',
  progress bigint not null default 0,
  reason text collate "C" not null default '',
  hint text collate "C" not null default '',
  superseded_by text collate "C" references tb_deployment (id) deferrable initially deferred,
  attempt bigint not null default 0,
  previous_revision text collate "C",
  previous_deployment_id text collate "C",
  release_path text collate "C",
  lease_owner text collate "C",
  lease_expires_at text collate "C",
  runner_kind text collate "C",
  runner_identity text collate "C",
  cancel_requested_at text collate "C",
  cancel_requested_by text collate "C",
  queued_at text collate "C" not null,
  started_at text collate "C",
  phase_changed_at text collate "C",
  finished_at text collate "C",
  held_because text collate "C",
  override_by text collate "C",
  override_reason text collate "C",
  returns_to text collate "C",
  stuck_since text collate "C",
  options text collate "C" not null default '{}',
  retry bigint not null default 0,
  retry_limit bigint not null default 0,
  retry_of text collate "C",
  not_before text collate "C",
  may_pass bigint not null default 0,
  is_bad bigint not null default 0,
  settings text collate "C" references tb_settings (hash),
  waits_for text collate "C",
  check (status in ('queued', 'running', 'rolling_back', 'succeeded', 'failed', 'rolled_back', 'rollback_failed',
                    'superseded', 'skipped', 'cancelled')),
  check (progress between 0 and 100)
);
create unique index ux_deployment_running on tb_deployment (fraise, environment, job) where status in ('running', 'rolling_back');
create unique index ux_deployment_waiting on tb_deployment (fraise, environment, job) where status = 'queued';
create index ix_deployment_settings on tb_deployment (settings) where settings is not null;
create index ix_deployment_target on tb_deployment (fraise, environment, job, id);
create index ix_deployment_superseded on tb_deployment (superseded_by) where superseded_by is not null;
create index ix_deployment_status on tb_deployment (status, id);
create index ix_deployment_revision on tb_deployment (revision, id);
create index ix_deployment_queue on tb_deployment (id) where status = 'queued';
create index ix_deployment_success on tb_deployment (fraise, environment, job, id) where status = 'succeeded';
create index ix_deployment_stats
  on tb_deployment (substr(finished_at, 1, 10), fraise, environment, job, status, finished_at) where finished_at is not null;

create table tb_kept_secret (
  deployment_id text collate "C" primary key not null references tb_deployment (id) on delete cascade,
  sealed bytea not null
);

create table tb_deployment_phase (
  deployment_id text collate "C" not null references tb_deployment (id) on delete cascade,
  sequence bigint not null,
  phase text collate "C" not null,
  progress bigint not null,
  metadata text collate "C" not null default '{}',
  at text collate "C" not null,
  primary key (deployment_id, sequence)
);

create table tb_deployment_step (
  deployment_id text collate "C" not null references tb_deployment (id) on delete cascade,
  sequence bigint not null,
  step text collate "C" not null,
  phase text collate "C" not null,
  status text collate "C" not null check (status in ('started', 'finished', 'failed', 'undoing', 'undone', 'undo_failed')),
  facts text collate "C" not null default '{}',
  error text collate "C" not null default '',
  started_at text collate "C" not null,
  finished_at text collate "C",
  duration_ms bigint,
  primary key (deployment_id, step)
);

create table tb_deployment_log (
  deployment_id text collate "C" not null references tb_deployment (id) on delete cascade,
  sequence bigint not null,
  at text collate "C" not null,
  step text collate "C" not null,
  stream text collate "C" not null check (stream in ('stdout', 'stderr', 'fraisier')),
  line text collate "C" not null,
  primary key (deployment_id, sequence)
);

create table tb_rollback (
  id text collate "C" primary key not null,
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  deployment_id text collate "C" not null references tb_deployment (id) on delete cascade,
  from_revision text collate "C" not null,
  to_revision text collate "C",
  automatic bigint not null,
  requested_by text collate "C" not null,
  reason text collate "C" not null,
  status text collate "C" not null check (status in ('running', 'succeeded', 'failed')),
  started_at text collate "C" not null,
  finished_at text collate "C"
);
create index ix_rollback_target on tb_rollback (fraise, environment, job, id);
create unique index ux_rollback_deployment on tb_rollback (deployment_id, automatic);

create table tb_webhook_event (
  id text collate "C" primary key not null,
  received_at text collate "C" not null,
  forge text collate "C" not null,
  delivery_id text collate "C",
  event_name text collate "C" not null default '',
  repository text collate "C" not null default '',
  claimed_repository text collate "C" not null default '',
  remote_address text collate "C" not null,
  headers text collate "C" not null,
  body bytea,
  body_bytes bigint not null,
  body_sha256 text collate "C",
  verified bigint not null,
  proof text collate "C" not null default '',
  proof_secret bigint,
  http_status bigint not null,
  decision text collate "C" not null,
  reason text collate "C" not null,
  redelivery_of text collate "C",
  proof_key text collate "C" not null default ''
);
create index ix_webhook_event_delivery on tb_webhook_event (delivery_id) where delivery_id is not null;
create index ix_webhook_event_body on tb_webhook_event (body_sha256) where body_sha256 is not null;
create index ix_webhook_event_decision on tb_webhook_event (decision, id);
create index ix_webhook_event_payload on tb_webhook_event (id) where body is not null;
create index ix_webhook_event_redelivery on tb_webhook_event (redelivery_of) where redelivery_of is not null;
create index ix_webhook_event_unproven on tb_webhook_event (id) where verified = 0;
create index ix_webhook_event_forge on tb_webhook_event (forge, id);

create table tb_webhook_decision (
  event_id text collate "C" not null references tb_webhook_event (id) on delete cascade,
  sequence bigint not null,
  fraise text collate "C" not null default '',
  environment text collate "C" not null default '',
  job text collate "C" not null default '',
  ref text collate "C" not null default '',
  revision text collate "C" not null default '',
  decision text collate "C" not null,
  reason text collate "C" not null,
  deployment_id text collate "C",
  primary key (event_id, sequence)
);
create index ix_webhook_decision_revision on tb_webhook_decision (revision, event_id) where revision <> '';
create index ix_webhook_decision_deployment on tb_webhook_decision (deployment_id) where deployment_id is not null;
create index ix_webhook_decision_target on tb_webhook_decision (fraise, environment, job, event_id) where revision <> '';
`;
