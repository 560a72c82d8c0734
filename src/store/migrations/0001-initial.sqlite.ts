/**
 * The first shape of the store. Times are ISO-8601 UTC text. A released migration never changes: its checksum is recorded.
 */
export const initialSqlite = `
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
  primary key (fraise, environment, job)
) without rowid, strict;

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
  check (status in ('queued', 'running', 'rolling_back', 'succeeded', 'failed', 'rolled_back', 'rollback_failed',
                    'superseded', 'skipped', 'cancelled')),
  check (progress between 0 and 100)
) without rowid, strict;
-- The queue's promise is the database's: one running and one waiting per target, whoever writes.
create unique index ux_deployment_running on tb_deployment (fraise, environment, job) where status in ('running', 'rolling_back');
create unique index ux_deployment_waiting on tb_deployment (fraise, environment, job) where status = 'queued';
create index ix_deployment_target on tb_deployment (fraise, environment, job, id);
create index ix_deployment_superseded on tb_deployment (superseded_by) where superseded_by is not null;
create index ix_deployment_status on tb_deployment (status, id);
create index ix_deployment_queue on tb_deployment (id) where status = 'queued';

create table tb_deployment_phase (
  deployment_id text not null references tb_deployment (id) on delete cascade,
  sequence integer not null,
  phase text not null,
  progress integer not null,
  metadata text not null default '{}',
  at text not null,
  primary key (deployment_id, sequence)
) without rowid, strict;

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

create table tb_webhook_event (
  id text primary key not null,
  received_at text not null,
  forge text not null,
  delivery_id text,
  event_name text not null default '',
  repository text not null default '',
  remote_address text not null,
  headers text not null,
  body blob,
  body_bytes integer not null,
  body_sha256 text,
  verified integer not null,
  http_status integer not null,
  decision text not null,
  reason text not null,
  redelivery_of text
) strict;
create index ix_webhook_event_delivery on tb_webhook_event (delivery_id) where verified = 1 and delivery_id is not null;
create index ix_webhook_event_body on tb_webhook_event (body_sha256) where verified = 1;
create index ix_webhook_event_decision on tb_webhook_event (decision, id);
create index ix_webhook_event_payload on tb_webhook_event (id) where body is not null;
create index ix_webhook_event_redelivery on tb_webhook_event (redelivery_of) where redelivery_of is not null;

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
create index ix_webhook_decision_deployment on tb_webhook_decision (deployment_id) where deployment_id is not null;

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
create unique index ux_rollback_deployment on tb_rollback (deployment_id);
create index ix_rollback_target on tb_rollback (fraise, environment, job, id);

create table tb_daemon (
  id text primary key not null,
  host text not null,
  pid integer not null,
  boot_id text not null,
  start_time text not null,
  listen text not null,
  version text not null,
  started_at text not null
) without rowid, strict;

create view v_deployment_history as
select d.id, d.fraise, d.environment, d.job, d.trigger, d.triggered_by, d.revision, d.ref_kind, d.ref_name, d.message, d.status, d.phase,
       d.progress, d.reason, d.hint, d.superseded_by, d.attempt, d.previous_revision, d.queued_at, d.started_at, d.finished_at
from tb_deployment d;

create view v_fraise_status as
select s.fraise, s.environment, s.job, s.revision, s.deployment_id, s.previous_revision, s.hold_reason, s.hold_since, s.updated_at,
       a.ref_kind as active_ref_kind, a.ref_name as active_ref_name, a.finished_at as active_since,
       r.id as running_id, r.revision as running_revision, r.status as running_status, r.phase as running_phase,
       r.progress as running_progress, r.started_at as running_since, r.phase_changed_at as running_phase_changed_at,
       w.id as waiting_id, w.revision as waiting_revision, w.queued_at as waiting_since,
       l.id as last_id, l.status as last_status, l.revision as last_revision, l.reason as last_reason, l.finished_at as last_finished_at
from tb_fraise_state s
left join tb_deployment a on a.id = s.deployment_id
left join tb_deployment r on r.fraise = s.fraise and r.environment = s.environment and r.job = s.job and r.status in ('running', 'rolling_back')
left join tb_deployment w on w.fraise = s.fraise and w.environment = s.environment and w.job = s.job and w.status = 'queued'
left join tb_deployment l on l.id = (select max(id) from tb_deployment x
                                     where x.fraise = s.fraise and x.environment = s.environment and x.job = s.job);

create view v_deployment_stats as
select fraise, environment, job, count(*) as deployments,
       sum(status = 'succeeded') as succeeded,
       sum(status in ('failed', 'rolled_back', 'rollback_failed')) as failed,
       sum(status = 'superseded') as superseded,
       max(finished_at) as last_finished_at
from tb_deployment
group by fraise, environment, job;

create view v_webhook_event_history as
select e.id, e.received_at, e.forge, e.delivery_id, e.event_name, e.repository, e.remote_address, e.body_bytes, e.verified, e.http_status,
       e.decision, e.reason, e.redelivery_of
from tb_webhook_event e;

create view v_stuck_deployment as
select id, fraise, environment, job, status, phase, progress, phase_changed_at,
       cast((julianday('now') - julianday(phase_changed_at)) * 86400 as integer) as seconds_in_phase
from tb_deployment
where status in ('running', 'rolling_back');
`;
