/** What a deployment was asked to do differently, and which content of which file each component group has deployed. */
export const deploymentOptionsSqlite = `
alter table tb_deployment add column options text not null default '{}';

create table tb_group_file (
  fraise text not null,
  environment text not null,
  job text not null default '',
  group_name text not null,
  file text not null,
  blob text not null,
  deployment_id text not null,
  at text not null,
  primary key (fraise, environment, job, group_name, file)
) without rowid, strict;
`;
