/** The views of the first released store: they answer questions about its tables. */
export const viewsSqlite = `
create view v_deployment_history as
select d.id, d.fraise, d.environment, d.job, d.trigger, d.triggered_by, d.revision, d.ref_kind, d.ref_name, d.message, d.status, d.phase,
       d.progress, d.reason, d.hint, d.superseded_by, d.attempt, d.previous_revision, d.queued_at, d.started_at, d.finished_at,
       d.held_because, d.override_by, d.override_reason, d.returns_to,
       d.retry, d.retry_limit, d.retry_of, d.not_before
from tb_deployment d;

create view v_fraise_status as
select s.fraise, s.environment, s.job, s.revision, s.deployment_id, s.previous_revision, s.hold_reason, s.hold_since, s.updated_at,
       s.drift, s.drift_checked_at,
       a.ref_kind as active_ref_kind, a.ref_name as active_ref_name, a.finished_at as active_since, a.release_path as active_release,
       r.id as running_id, r.revision as running_revision, r.status as running_status, r.phase as running_phase,
       r.progress as running_progress, r.started_at as running_since, r.phase_changed_at as running_phase_changed_at,
       r.stuck_since as running_stuck_since, r.held_because as running_held_because,
       w.id as waiting_id, w.revision as waiting_revision, w.queued_at as waiting_since, w.held_because as waiting_held_because,
       w.retry as waiting_retry, w.retry_limit as waiting_retry_limit, w.not_before as waiting_not_before,
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

create view v_stuck_deployment as
select id, fraise, environment, job, status, phase, progress, phase_changed_at, stuck_since,
       cast((julianday('now') - julianday(phase_changed_at)) * 86400 as integer) as seconds_in_phase
from tb_deployment
where status in ('running', 'rolling_back') and stuck_since is not null;

create view v_webhook_event_history as
select e.id, e.received_at, e.forge, e.delivery_id, e.event_name, e.repository, e.claimed_repository, e.remote_address, e.body_bytes,
       e.verified, e.proof, e.proof_secret, e.http_status, e.decision, e.reason, e.redelivery_of
from tb_webhook_event e;

create view v_migration_status as
select h.*
from tb_migration_history h
where h.id = (select max(x.id) from tb_migration_history x
              where x.fraise = h.fraise and x.environment = h.environment and x.job = h.job and x.migration = h.migration);

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
