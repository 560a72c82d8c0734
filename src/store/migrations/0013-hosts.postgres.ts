/** The hosts on which daemons serve the store. The rows of daemons come and go with their processes. */
export const hostsPostgres = `
alter table tb_daemon add column name text collate "C" not null default '';
alter table tb_daemon add column config_digest text collate "C" not null default '';

create table tb_host (
  name text collate "C" primary key not null,
  -- JSON: a list of words.
  labels text collate "C" not null,
  joined_at text collate "C" not null,
  daemon_id text collate "C" not null,
  -- How many signs of life there were, and the time of the last one by the clock of the server.
  signs bigint not null default 0,
  seen_at text collate "C",
  load_percent bigint,
  free_bytes bigint,
  drained_at text collate "C",
  drained_by text collate "C" not null default '',
  drained_reason text collate "C" not null default ''
);
`;
