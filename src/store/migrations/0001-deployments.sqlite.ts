/** Targets, deployments and deliveries in the first released store. Times are ISO-8601 UTC text, JSON is text, booleans are 0 or 1. */
export const deploymentsSqlite = `
-- One row for each target: what runs there now, and what it ran before.
create table tb_fraise_state (
  fraise text not null,
  environment text not null,
  job text not null default '',
  revision text,
  deployment_id text,
  previous_revision text,
  previous_deployment_id text,
  hold_reason text,
  hold_since text,
  updated_at text not null,
  drift text not null default '',
  drift_checked_at text,
  primary key (fraise, environment, job)
) without rowid, strict;

-- Revisions that were rolled back: webhooks and sweeps do not deploy them again.
create table tb_bad_revision (
  fraise text not null,
  environment text not null,
  job text not null default '',
  revision text not null,
  deployment_id text not null,
  reason text not null,
  at text not null,
  primary key (fraise, environment, job, revision)
) without rowid, strict;

-- fraises.yaml as deployments began with it, each text once.
create table tb_settings (
  hash text primary key not null,
  text text not null
) without rowid, strict;

-- One row for each attempt to make a revision live on a target.
create table tb_deployment (
  id text primary key not null,
  fraise text not null,
  environment text not null,
  job text not null default '',
  trigger text not null,
  triggered_by text not null,
  revision text not null,
  previous_pushed text,
  ref_kind text,
  ref_name text,
  forced integer not null default 0,
  message text not null default '',
  status text not null,
  phase text not null default 'queued',
  progress integer not null default 0,
  reason text not null default '',
  hint text not null default '',
  superseded_by text references tb_deployment (id) deferrable initially deferred,
  attempt integer not null default 0,
  previous_revision text,
  previous_deployment_id text,
  release_path text,
  lease_owner text,
  lease_expires_at text,
  runner_kind text,
  runner_identity text,
  cancel_requested_at text,
  cancel_requested_by text,
  queued_at text not null,
  started_at text,
  phase_changed_at text,
  finished_at text,
  held_because text,
  override_by text,
  override_reason text,
  returns_to text,
  stuck_since text,
  options text not null default '{}',
  retry integer not null default 0,
  retry_limit integer not null default 0,
  retry_of text,
  not_before text,
  may_pass integer not null default 0,
  is_bad integer not null default 0,
  settings text references tb_settings (hash),
  check (status in ('queued', 'running', 'rolling_back', 'succeeded', 'failed', 'rolled_back', 'rollback_failed',
                    'superseded', 'skipped', 'cancelled')),
  check (progress between 0 and 100)
) without rowid, strict;
-- The database itself keeps the queue's promise: one running and one waiting deployment per target, whoever writes.
create unique index ux_deployment_running on tb_deployment (fraise, environment, job) where status in ('running', 'rolling_back');
create unique index ux_deployment_waiting on tb_deployment (fraise, environment, job) where status = 'queued';
create index ix_deployment_settings on tb_deployment (settings) where settings is not null;
create index ix_deployment_target on tb_deployment (fraise, environment, job, id);
create index ix_deployment_superseded on tb_deployment (superseded_by) where superseded_by is not null;
create index ix_deployment_status on tb_deployment (status, id);
create index ix_deployment_revision on tb_deployment (revision, id);
create index ix_deployment_queue on tb_deployment (id) where status = 'queued';
-- Successes are few among many deployments that did not go live.
create index ix_deployment_success on tb_deployment (fraise, environment, job, id) where status = 'succeeded';

-- Secrets that stood in fraises.yaml itself when a deployment began, sealed; deleted when it ends.
create table tb_kept_secret (
  deployment_id text primary key not null references tb_deployment (id) on delete cascade,
  sealed blob not null
) without rowid, strict;

create table tb_deployment_phase (
  deployment_id text not null references tb_deployment (id) on delete cascade,
  sequence integer not null,
  phase text not null,
  progress integer not null,
  metadata text not null default '{}',
  at text not null,
  primary key (deployment_id, sequence)
) without rowid, strict;

-- The journal of a deployment: each step is written before and after it runs.
create table tb_deployment_step (
  deployment_id text not null references tb_deployment (id) on delete cascade,
  sequence integer not null,
  step text not null,
  phase text not null,
  status text not null check (status in ('started', 'finished', 'failed', 'undoing', 'undone', 'undo_failed')),
  facts text not null default '{}',
  error text not null default '',
  started_at text not null,
  finished_at text,
  duration_ms integer,
  primary key (deployment_id, step)
) without rowid, strict;

create table tb_deployment_log (
  deployment_id text not null references tb_deployment (id) on delete cascade,
  sequence integer not null,
  at text not null,
  step text not null,
  stream text not null check (stream in ('stdout', 'stderr', 'fraisier')),
  line text not null,
  primary key (deployment_id, sequence)
) without rowid, strict;

create table tb_rollback (
  id text primary key not null,
  fraise text not null,
  environment text not null,
  job text not null default '',
  deployment_id text not null references tb_deployment (id) on delete cascade,
  from_revision text not null,
  to_revision text,
  automatic integer not null,
  requested_by text not null,
  reason text not null,
  status text not null check (status in ('running', 'succeeded', 'failed')),
  started_at text not null,
  finished_at text
) without rowid, strict;
create index ix_rollback_target on tb_rollback (fraise, environment, job, id);
-- A rollback by hand that fails is taken back itself: a deployment may have two rollbacks.
create unique index ux_rollback_deployment on tb_rollback (deployment_id, automatic);

-- Every delivery, the refused ones too.
create table tb_webhook_event (
  id text primary key not null,
  received_at text not null,
  forge text not null,
  delivery_id text,
  event_name text not null default '',
  repository text not null default '',
  claimed_repository text not null default '',
  remote_address text not null,
  headers text not null,
  body blob,
  body_bytes integer not null,
  body_sha256 text,
  verified integer not null,
  proof text not null default '',
  proof_secret integer,
  http_status integer not null,
  decision text not null,
  reason text not null,
  redelivery_of text
) strict;
create index ix_webhook_event_delivery on tb_webhook_event (delivery_id) where delivery_id is not null;
create index ix_webhook_event_body on tb_webhook_event (body_sha256) where body_sha256 is not null;
create index ix_webhook_event_decision on tb_webhook_event (decision, id);
create index ix_webhook_event_payload on tb_webhook_event (id) where body is not null;
create index ix_webhook_event_redelivery on tb_webhook_event (redelivery_of) where redelivery_of is not null;

-- What each delivery meant for each target.
create table tb_webhook_decision (
  event_id text not null references tb_webhook_event (id) on delete cascade,
  sequence integer not null,
  fraise text not null default '',
  environment text not null default '',
  job text not null default '',
  ref text not null default '',
  revision text not null default '',
  decision text not null,
  reason text not null,
  deployment_id text,
  primary key (event_id, sequence)
) without rowid, strict;
create index ix_webhook_decision_revision on tb_webhook_decision (revision, event_id) where revision <> '';
create index ix_webhook_decision_deployment on tb_webhook_decision (deployment_id) where deployment_id is not null;
`;
