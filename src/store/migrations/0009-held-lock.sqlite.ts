/** Locks that a process holds for as long as it lives, beside those of people. `holder`: who it is, as JSON; '' for a lock of a person. */
export const heldLockSqlite = `
create table tb_lock_with_holder (
  fraise text not null,
  environment text not null,
  job text not null,
  holder text not null,
  reason text not null,
  locked_by text not null,
  locked_at text not null,
  primary key (fraise, environment, job, holder)
) without rowid, strict;
insert into tb_lock_with_holder
  select fraise, environment, job, '', reason, locked_by, locked_at from tb_lock;
drop table tb_lock;
alter table tb_lock_with_holder rename to tb_lock;
`;
