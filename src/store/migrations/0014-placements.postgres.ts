import { placementIndexes } from "./0014-placements.ts";

/** The tables whose rows belong to one host. */
const OF_HOSTS = [
  "tb_deployment",
  "tb_rollback",
  "tb_fraise_state",
  "tb_group_file",
  "tb_verification",
  "tb_migration_history",
  "tb_backup",
];

/** A target may live on several hosts: what it does on each of them has a row of its own. Rows without a host become those of the first daemon that starts. */
export const placementsPostgres = `
${OF_HOSTS.map((table) => `alter table ${table} add column host text collate "C" not null default '';`).join("\n")}
${placementIndexes}
alter table tb_fraise_state drop constraint tb_fraise_state_pkey, add primary key (fraise, environment, job, host);
alter table tb_group_file drop constraint tb_group_file_pkey, add primary key (fraise, environment, job, host, group_name, file);
`;
