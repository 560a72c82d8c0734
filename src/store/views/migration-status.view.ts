import type { View } from "../backends/backend.ts";

/** The newest attempt at each migration of each target's database. */
export const migrationStatusView: View = {
  name: "v_migration_status",
  sql: `select h.*
from tb_migration_history h
where h.id = (select max(x.id) from tb_migration_history x
              where x.fraise = h.fraise and x.environment = h.environment and x.job = h.job and x.migration = h.migration)`,
};
