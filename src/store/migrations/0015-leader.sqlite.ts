/** The daemon that does what must be done once: at most one row, and none in a store in a file, whose only daemon does it. */
export const leaderSqlite = `
create table tb_leader (
  id integer primary key not null check (id = 1),
  term integer not null,
  host text not null,
  -- By the clock of the server.
  since text not null
) strict;
`;
