/** The columns of a deployment that an open page shows. Leases and the like change every few seconds, and nobody looks at them. */
const SHOWN = [
  "status",
  "phase",
  "progress",
  "attempt",
  "revision",
  "message",
  "reason",
  "superseded_by",
  "held_because",
  "stuck_since",
  "cancel_requested_at",
];

/** The columns of a target's state that an open page shows, without the time of the last look at its host. */
const SHOWN_OF_TARGETS = [
  "revision",
  "deployment_id",
  "previous_revision",
  "hold_reason",
  "hold_since",
  "drift",
  "last_run_at",
  "last_run_result",
];

/** True if one of these columns has another value than before. */
function isOther(columns: readonly string[]): string {
  const row = (name: string): string => `(${columns.map((column) => `${name}.${column}`).join(", ")})`;
  return `${row("new")} is not ${row("old")}`;
}

const AT = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

function deploymentChanged(name: string, event: string, when = ""): string {
  return `
create trigger ${name} after ${event} on tb_deployment ${when}
begin
  insert into tb_change (at, kind, subject, fraise, environment, job, status, phase, progress)
  values (${AT}, 'deployment', new.id, new.fraise, new.environment, new.job, new.status, new.phase, new.progress);
end;
`;
}

function targetChanged(name: string, event: string, row: "new" | "old", when = ""): string {
  return `
create trigger ${name} after ${event} ${when}
begin
  insert into tb_change (at, kind, fraise, environment, job) values (${AT}, 'target', ${row}.fraise, ${row}.environment, ${row}.job);
end;
`;
}

function everyTargetChanged(name: string, event: string, when = ""): string {
  return `
create trigger ${name} after ${event} on tb_daemon ${when}
begin
  insert into tb_change (at, kind, fraise, environment, job) values (${AT}, 'target', '*', '*', '*');
end;
`;
}

/**
 * The changes that clients of the API hear of, in the order of their commits. Triggers write them, in the transaction of the change itself, whichever process or version of
 * fraisier makes it. The newest row is never removed, so a number is never given twice and there are no gaps: only one process writes to SQLite at a time. An engine with several
 * writers has to hand out the numbers under a lock that is kept until the commit.
 */
export const changesSqlite = `
create table tb_change (
  sequence integer primary key not null,
  at text not null,
  kind text not null check (kind in ('deployment', 'target', 'delivery')),
  -- The deployment or the delivery; '' for a target.
  subject text not null default '',
  -- '*' stands for all of them; '' for a delivery, whose decisions name its targets.
  fraise text not null default '',
  environment text not null default '',
  job text not null default '',
  -- The status of a deployment after the change, and its phase and progress.
  status text,
  phase text,
  progress integer
) strict;
${deploymentChanged("tr_change_deployment_insert", "insert")}
${deploymentChanged("tr_change_deployment", `update of ${SHOWN.join(", ")}`, `when ${isOther(SHOWN)}`)}
${targetChanged("tr_change_state_insert", "insert on tb_fraise_state", "new")}
${targetChanged("tr_change_state", `update of ${SHOWN_OF_TARGETS.join(", ")} on tb_fraise_state`, "new", `when ${isOther(SHOWN_OF_TARGETS)}`)}
${targetChanged("tr_change_lock_insert", "insert on tb_lock", "new")}
${targetChanged("tr_change_lock", "update on tb_lock", "new")}
${targetChanged("tr_change_lock_delete", "delete on tb_lock", "old")}
-- A daemon that starts may have read other settings than the one before it.
${everyTargetChanged("tr_change_daemon_insert", "insert")}
${everyTargetChanged("tr_change_daemon", "update of config_stamp", "when new.config_stamp is not old.config_stamp")}
-- Strangers can send any number of requests that nobody signed: they must not push other changes out.
create trigger tr_change_delivery after insert on tb_webhook_event when new.verified = 1
begin
  insert into tb_change (at, kind, subject) values (${AT}, 'delivery', new.id);
end;
`;
