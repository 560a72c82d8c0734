import { WRITER_LOCK } from "../writer-lock.ts";

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
  return `when (${row("new")} is distinct from ${row("old")})`;
}

const AT = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The function that writes a change of one kind. */
function telling(name: string, columns: string, values: string): string {
  return `
create function ${name}() returns trigger language plpgsql as $$
begin
  insert into tb_change (at, ${columns}) values (${AT}, ${values});
  return null;
end $$;
`;
}

/** A trigger that tells of each row, behind one that takes the lock before the statement locks any row. Two writers that took them in another order would wait for each other. */
function changed(name: string, event: string, tells: string, when = ""): string {
  return `
create trigger ${name}_lock before ${event} for each statement execute function lock_for_change();
create trigger ${name} after ${event} for each row ${when} execute function ${tells}();
`;
}

/**
 * The changes that clients of the API hear of, in the order of their commits. Triggers write them, in the transaction of the change itself, whichever process or version of
 * fraisier makes it. Their numbers are given under a lock that is kept until the commit. The newest row is never removed, so that a number is never given twice, and there are no gaps.
 */
export const changesPostgres = `
create function lock_for_change() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(${WRITER_LOCK});
  return null;
end $$;

create table tb_change (
  sequence bigint primary key not null,
  at text collate "C" not null,
  kind text collate "C" not null check (kind in ('deployment', 'target', 'delivery')),
  -- The deployment or the delivery; '' for a target.
  subject text collate "C" not null default '',
  -- '*' stands for all of them; '' for a delivery, whose decisions name its targets.
  fraise text collate "C" not null default '',
  environment text collate "C" not null default '',
  job text collate "C" not null default '',
  -- The status of a deployment after the change, and its phase and progress.
  status text collate "C",
  phase text collate "C",
  progress bigint
);

create function next_change() returns bigint language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(${WRITER_LOCK});
  return (select coalesce(max(sequence), 0) + 1 from tb_change);
end $$;
alter table tb_change alter column sequence set default next_change();

-- Processes that listen hear of it once the change is committed.
create function tell_of_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('fraisier_change', '');
  return null;
end $$;
create trigger tr_tell_of_change after insert on tb_change for each statement execute function tell_of_change();
${telling(
  "tell_of_deployment",
  "kind, subject, fraise, environment, job, status, phase, progress",
  "'deployment', new.id, new.fraise, new.environment, new.job, new.status, new.phase, new.progress",
)}
${telling("tell_of_target", "kind, fraise, environment, job", "'target', new.fraise, new.environment, new.job")}
${telling("tell_of_target_before", "kind, fraise, environment, job", "'target', old.fraise, old.environment, old.job")}
${telling("tell_of_every_target", "kind, fraise, environment, job", "'target', '*', '*', '*'")}
${telling("tell_of_delivery", "kind, subject", "'delivery', new.id")}
${changed("tr_change_deployment_insert", "insert on tb_deployment", "tell_of_deployment")}
${changed("tr_change_deployment", `update of ${SHOWN.join(", ")} on tb_deployment`, "tell_of_deployment", isOther(SHOWN))}
${changed("tr_change_state_insert", "insert on tb_fraise_state", "tell_of_target")}
${changed("tr_change_state", `update of ${SHOWN_OF_TARGETS.join(", ")} on tb_fraise_state`, "tell_of_target", isOther(SHOWN_OF_TARGETS))}
${changed("tr_change_lock_insert", "insert on tb_lock", "tell_of_target")}
${changed("tr_change_lock", "update on tb_lock", "tell_of_target")}
${changed("tr_change_lock_delete", "delete on tb_lock", "tell_of_target_before")}
-- A daemon that starts may have read other settings than the one before it.
${changed("tr_change_daemon_insert", "insert on tb_daemon", "tell_of_every_target")}
${changed("tr_change_daemon", "update of config_stamp on tb_daemon", "tell_of_every_target", isOther(["config_stamp"]))}
-- Strangers can send any number of requests that nobody signed: they must not push other changes out.
${changed("tr_change_delivery", "insert on tb_webhook_event", "tell_of_delivery", "when (new.verified = 1)")}
`;
