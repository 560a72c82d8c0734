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
  return `greatest(0, round(extract(epoch from ${to}::timestamptz - ${from}::timestamptz) * 1000))::bigint`;
}

const ENDED = "('succeeded', 'failed', 'rolled_back', 'rollback_failed', 'superseded', 'skipped', 'cancelled')";
const ADD_ONE = "do update set count = tally.count + 1";
const ADD_DURATION = `on conflict (measured, name, bound_ms)
    do update set count = tally.count + 1, total_ms = tally.total_ms + excluded.total_ms`;

/** A function that a trigger calls for each row, and its trigger. */
function counting(name: string, when: string, work: string): string {
  return `
create function ${name}() returns trigger language plpgsql as $$
begin
  ${work}
  return null;
end $$;
create trigger ${name} after ${when} execute function ${name}();
`;
}

const ADD_DEPLOYMENT = `insert into tb_deployment_tally as tally (fraise, environment, job, status, count)
  values (new.fraise, new.environment, new.job, new.status, 1) on conflict (fraise, environment, job, status) ${ADD_ONE};`;

function addDuration(measured: string, name: string, from: string, to: string): string {
  return `insert into tb_duration_tally as tally (measured, name, bound_ms, count, total_ms)
  select '${measured}', ${name}, ${bound("ms")}, 1, ms from (select ${between(from, to)} as ms) as measure
  ${ADD_DURATION};`;
}

/**
 * Counts for monitors, which only grow: they stay when the rows that they count are forgotten. Triggers write them, in the transaction of the event itself,
 * whichever process or version of fraisier writes.
 */
export const talliesPostgres = `
create table tb_delivery_tally (
  forge text collate "C" not null,
  decision text collate "C" not null,
  count bigint not null,
  primary key (forge, decision)
);

create table tb_deployment_tally (
  fraise text collate "C" not null,
  environment text collate "C" not null,
  job text collate "C" not null default '',
  status text collate "C" not null,
  count bigint not null,
  primary key (fraise, environment, job, status)
);

-- How many durations lie above the bound before this one and not above this one. name: a phase, or the status that a deployment ended with.
create table tb_duration_tally (
  measured text collate "C" not null check (measured in ('wait', 'deployment', 'phase')),
  name text collate "C" not null,
  bound_ms bigint not null,
  count bigint not null,
  total_ms bigint not null,
  primary key (measured, name, bound_ms)
);
${counting(
  "tr_delivery_tally",
  "insert on tb_webhook_event for each row",
  `-- Strangers choose the name in a request that nobody signed: it must not become a row.
  insert into tb_delivery_tally as tally (forge, decision, count)
  values (case new.verified when 1 then new.forge else 'unknown' end, new.decision, 1) on conflict (forge, decision) ${ADD_ONE};`,
)}
${counting("tr_deployment_tally_insert", `insert on tb_deployment for each row when (new.status in ${ENDED})`, ADD_DEPLOYMENT)}
${counting(
  "tr_deployment_tally",
  `update of status on tb_deployment for each row when (old.status not in ${ENDED} and new.status in ${ENDED})`,
  ADD_DEPLOYMENT,
)}
${counting(
  "tr_deployment_duration",
  `update of status on tb_deployment for each row
  when (old.status not in ${ENDED} and new.status in ${ENDED} and new.started_at is not null and new.finished_at is not null)`,
  addDuration("deployment", "new.status", "new.started_at", "new.finished_at"),
)}
${counting(
  "tr_phase_duration",
  `update of status on tb_deployment for each row when (old.status not in ${ENDED} and new.status = 'succeeded')`,
  `-- Only successes are comparable: a failed deployment says how long its phases took to fail.
  insert into tb_duration_tally as tally (measured, name, bound_ms, count, total_ms)
  select 'phase', phase, ${bound("ms")}, 1, ms
  from (select phase, sum(coalesce(duration_ms, 0))::bigint as ms from tb_deployment_step where deployment_id = new.id group by phase) as measure
  ${ADD_DURATION};`,
)}
${counting(
  "tr_wait_duration",
  "update of started_at on tb_deployment for each row when (old.started_at is null and new.started_at is not null)",
  addDuration("wait", "''", "new.queued_at", "new.started_at"),
)}
`;
