/** A duration above every bound. */
const ABOVE = 9_007_199_254_740_991;

/** Bounds of durations in milliseconds, as monitors see them in seconds. */
const BOUNDS = [
  100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
];

/** The first bound that is not below a duration. */
function bound(ms: string): string {
  return `case ${BOUNDS.map((each) => `when ${ms} <= ${each} then ${each}`).join(" ")} else ${ABOVE} end`;
}

function between(from: string, to: string): string {
  return `max(0, cast(round((julianday(${to}) - julianday(${from})) * 86400000) as integer))`;
}

const ENDED = "('succeeded', 'failed', 'rolled_back', 'rollback_failed', 'superseded', 'skipped', 'cancelled')";
const ADD_ONE = "on conflict do update set count = count + 1";
const ADD_DURATION = "on conflict do update set count = count + 1, total_ms = total_ms + excluded.total_ms";

/**
 * Counts for monitors, which only grow: they stay when the rows that they count are forgotten. Triggers write them, in the transaction of the event itself,
 * whichever process or version of fraisier writes.
 */
export const talliesSqlite = `
create table tb_delivery_tally (
  forge text not null,
  decision text not null,
  count integer not null,
  primary key (forge, decision)
) without rowid, strict;

create table tb_deployment_tally (
  fraise text not null,
  environment text not null,
  job text not null default '',
  status text not null,
  count integer not null,
  primary key (fraise, environment, job, status)
) without rowid, strict;

-- How many durations lie above the bound before this one and not above this one. name: a phase, or the status that a deployment ended with.
create table tb_duration_tally (
  measured text not null check (measured in ('wait', 'deployment', 'phase')),
  name text not null,
  bound_ms integer not null,
  count integer not null,
  total_ms integer not null,
  primary key (measured, name, bound_ms)
) without rowid, strict;

-- Strangers choose the name in a request that nobody signed: it must not become a row.
create trigger tr_delivery_tally after insert on tb_webhook_event
begin
  insert into tb_delivery_tally (forge, decision, count)
  values (case new.verified when 1 then new.forge else 'unknown' end, new.decision, 1) ${ADD_ONE};
end;

create trigger tr_deployment_tally_insert after insert on tb_deployment when new.status in ${ENDED}
begin
  insert into tb_deployment_tally (fraise, environment, job, status, count)
  values (new.fraise, new.environment, new.job, new.status, 1) ${ADD_ONE};
end;

create trigger tr_deployment_tally after update of status on tb_deployment
when old.status not in ${ENDED} and new.status in ${ENDED}
begin
  insert into tb_deployment_tally (fraise, environment, job, status, count)
  values (new.fraise, new.environment, new.job, new.status, 1) ${ADD_ONE};
end;

create trigger tr_deployment_duration after update of status on tb_deployment
when old.status not in ${ENDED} and new.status in ${ENDED} and new.started_at is not null and new.finished_at is not null
begin
  insert into tb_duration_tally (measured, name, bound_ms, count, total_ms)
  select 'deployment', new.status, ${bound("ms")}, 1, ms from (select ${between("new.started_at", "new.finished_at")} as ms) where true
  ${ADD_DURATION};
end;

-- Only successes are comparable: a failed deployment says how long its phases took to fail.
create trigger tr_phase_duration after update of status on tb_deployment
when old.status not in ${ENDED} and new.status = 'succeeded'
begin
  insert into tb_duration_tally (measured, name, bound_ms, count, total_ms)
  select 'phase', phase, ${bound("ms")}, 1, ms
  from (select phase, sum(coalesce(duration_ms, 0)) as ms from tb_deployment_step where deployment_id = new.id group by phase)
  where true ${ADD_DURATION};
end;

create trigger tr_wait_duration after update of started_at on tb_deployment
when old.started_at is null and new.started_at is not null
begin
  insert into tb_duration_tally (measured, name, bound_ms, count, total_ms)
  select 'wait', '', ${bound("ms")}, 1, ms from (select ${between("new.queued_at", "new.started_at")} as ms) where true
  ${ADD_DURATION};
end;
`;
