/** The daemon that does what must be done once: at most one row. */
export const leaderPostgres = `
create table tb_leader (
  id bigint primary key not null check (id = 1),
  term bigint not null,
  host text collate "C" not null,
  -- By the clock of the server.
  since text collate "C" not null
);
`;
