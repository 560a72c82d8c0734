/** What people and the reconciler say about targets: locks, overrides, rollbacks by hand, sweeps, drift; and who said it. */
export const controlSqlite = `
alter table tb_deployment add column held_because text;
alter table tb_deployment add column override_by text;
alter table tb_deployment add column override_reason text;
alter table tb_deployment add column returns_to text;
alter table tb_deployment add column stuck_since text;

alter table tb_fraise_state add column drift text not null default '';
alter table tb_fraise_state add column drift_checked_at text;

-- '*' stands for all: every environment, every job.
create table tb_lock (
  fraise text not null,
  environment text not null,
  job text not null,
  reason text not null,
  locked_by text not null,
  locked_at text not null,
  primary key (fraise, environment, job)
) without rowid, strict;

-- What people did beside deploying. Never changed.
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

-- One row a repository: when it was asked last, and what went wrong.
create table tb_sweep (
  repository text primary key not null,
  swept_at text not null,
  problem text not null default ''
) without rowid, strict;

-- A rollback by hand that fails is itself taken back: two rollbacks of one deployment.
drop index ux_rollback_deployment;
create unique index ux_rollback_deployment on tb_rollback (deployment_id, automatic);


drop view v_deployment_history;
create view v_deployment_history as
select d.id, d.fraise, d.environment, d.job, d.trigger, d.triggered_by, d.revision, d.ref_kind, d.ref_name, d.message, d.status, d.phase,
       d.progress, d.reason, d.hint, d.superseded_by, d.attempt, d.previous_revision, d.queued_at, d.started_at, d.finished_at,
       d.held_because, d.override_by, d.override_reason, d.returns_to
from tb_deployment d;

drop view v_fraise_status;
create view v_fraise_status as
select s.fraise, s.environment, s.job, s.revision, s.deployment_id, s.previous_revision, s.hold_reason, s.hold_since, s.updated_at,
       s.drift, s.drift_checked_at,
       a.ref_kind as active_ref_kind, a.ref_name as active_ref_name, a.finished_at as active_since, a.release_path as active_release,
       r.id as running_id, r.revision as running_revision, r.status as running_status, r.phase as running_phase,
       r.progress as running_progress, r.started_at as running_since, r.phase_changed_at as running_phase_changed_at,
       r.stuck_since as running_stuck_since,
       w.id as waiting_id, w.revision as waiting_revision, w.queued_at as waiting_since, w.held_because as waiting_held_because,
       l.id as last_id, l.status as last_status, l.revision as last_revision, l.reason as last_reason, l.finished_at as last_finished_at
from tb_fraise_state s
left join tb_deployment a on a.id = s.deployment_id
left join tb_deployment r on r.fraise = s.fraise and r.environment = s.environment and r.job = s.job and r.status in ('running', 'rolling_back')
left join tb_deployment w on w.fraise = s.fraise and w.environment = s.environment and w.job = s.job and w.status = 'queued'
left join tb_deployment l on l.id = (select max(id) from tb_deployment x
                                     where x.fraise = s.fraise and x.environment = s.environment and x.job = s.job);

drop view v_stuck_deployment;
create view v_stuck_deployment as
select id, fraise, environment, job, status, phase, progress, phase_changed_at, stuck_since,
       cast((julianday('now') - julianday(phase_changed_at)) * 86400 as integer) as seconds_in_phase
from tb_deployment
where status in ('running', 'rolling_back');
`;
