/** The reasons for which deployments waited, one after the other, and how far the traces have been sent to their receiver. */
export const tracesPostgres = `
create table tb_deployment_wait (
  deployment_id text collate "C" not null references tb_deployment (id) on delete cascade,
  sequence bigint not null,
  at text collate "C" not null,
  -- JSON: what it waits for from here on; null: for nothing that is recorded.
  reason text collate "C",
  primary key (deployment_id, sequence)
);

create table tb_trace_position (
  id bigint primary key not null check (id = 1),
  -- The newest change (tb_change) whose spans the receiver has taken or refused for good.
  sequence bigint not null,
  at text collate "C" not null
);
`;
