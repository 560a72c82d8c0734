/** The reasons for which deployments waited, one after the other, and how far the traces have been sent to their receiver. */
export const tracesSqlite = `
create table tb_deployment_wait (
  deployment_id text not null references tb_deployment (id) on delete cascade,
  sequence integer not null,
  at text not null,
  -- JSON: what it waits for from here on; null: for nothing that is recorded.
  reason text,
  primary key (deployment_id, sequence)
) without rowid, strict;

create table tb_trace_position (
  id integer primary key not null check (id = 1),
  -- The newest change (tb_change) whose spans the receiver has taken or refused for good.
  sequence integer not null,
  at text not null
) strict;
`;
