import { placementIndexes } from "./0014-placements.ts";

/** The columns of a target's state that an open page shows, as the migration has them that made the triggers first. */
const SHOWN = [
  "revision",
  "deployment_id",
  "previous_revision",
  "hold_reason",
  "hold_since",
  "drift",
  "last_run_at",
  "last_run_result",
];

const row = (name: string): string => `(${SHOWN.map((column) => `${name}.${column}`).join(", ")})`;

const TELL = `begin
  insert into tb_change (at, kind, fraise, environment, job)
  values (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'target', new.fraise, new.environment, new.job);
end;`;

/**
 * The rows of a host name it. A store in SQLite serves one host, whose name in it is empty: the column is there because queries are written once for both engines. Large
 * tables only get the column. The two whose keys change have as many rows as there are targets and files of component groups. A runner of an older version finds its rows by
 * keys without the host: two indexes keep these.
 */
export const placementsSqlite = `
alter table tb_deployment add column host text not null default '';
alter table tb_rollback add column host text not null default '';
alter table tb_verification add column host text not null default '';
alter table tb_migration_history add column host text not null default '';
alter table tb_backup add column host text not null default '';
${placementIndexes}
-- No view may name a table while it has no name.
drop view v_fraise_status;
drop view v_verification_status;

create table tb_placement (
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
  last_run_result text,
  last_run_exit_code integer,
  last_run_at text,
  host text not null default '',
  primary key (fraise, environment, job, host)
) without rowid, strict;
insert into tb_placement
  select fraise, environment, job, revision, deployment_id, previous_revision, previous_deployment_id, hold_reason, hold_since, updated_at,
         drift, drift_checked_at, last_run_result, last_run_exit_code, last_run_at, '' from tb_fraise_state;
drop table tb_fraise_state;
alter table tb_placement rename to tb_fraise_state;
create unique index ux_fraise_state_target on tb_fraise_state (fraise, environment, job);
create trigger tr_change_state_insert after insert on tb_fraise_state
${TELL}
create trigger tr_change_state after update of ${SHOWN.join(", ")} on tb_fraise_state when ${row("new")} is not ${row("old")}
${TELL}

create table tb_placed_file (
  fraise text not null,
  environment text not null,
  job text not null default '',
  group_name text not null,
  file text not null,
  blob text not null,
  deployment_id text not null,
  at text not null,
  host text not null default '',
  primary key (fraise, environment, job, host, group_name, file)
) without rowid, strict;
insert into tb_placed_file select fraise, environment, job, group_name, file, blob, deployment_id, at, '' from tb_group_file;
drop table tb_group_file;
alter table tb_placed_file rename to tb_group_file;
create unique index ux_group_file_target on tb_group_file (fraise, environment, job, group_name, file);
`;
