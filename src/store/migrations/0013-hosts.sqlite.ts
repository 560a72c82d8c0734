/** The hosts on which daemons serve the store. The rows of daemons come and go with their processes. */
export const hostsSqlite = `
alter table tb_daemon add column name text not null default '';
alter table tb_daemon add column config_digest text not null default '';

create table tb_host (
  name text primary key not null,
  -- JSON: a list of words.
  labels text not null,
  joined_at text not null,
  daemon_id text not null,
  -- How many signs of life there were, and the time of the last one by the clock of the server. A store in a file gets none.
  signs integer not null default 0,
  seen_at text,
  load_percent integer,
  free_bytes integer,
  drained_at text,
  drained_by text not null default '',
  drained_reason text not null default ''
) without rowid, strict;
`;
