/** Variables of targets, sealed before they come here: the store never sees a value in plain text, nor the key. */
export const variablesSqlite = `
create table tb_environment_variable (
  fraise text not null,
  environment text not null,
  job text not null default '',
  name text not null,
  value blob not null,
  updated_at text not null,
  updated_by text not null,
  primary key (fraise, environment, job, name)
) strict;

-- The one key that everything in tb_environment_variable is sealed for. Who seals says which key it used, so that nothing is ever
-- written for a key that another process has just replaced.
create table tb_variable_key (
  id integer primary key not null check (id = 1),
  recipient text not null,
  since text not null
) strict;
`;
