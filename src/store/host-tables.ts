/** The tables whose rows belong to a host, which their column `host` names. */
export const HOST_TABLES = [
  "tb_deployment",
  "tb_rollback",
  "tb_fraise_state",
  "tb_group_file",
  "tb_verification",
  "tb_migration_history",
  "tb_backup",
] as const;
