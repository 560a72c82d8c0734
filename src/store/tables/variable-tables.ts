import type { TargetColumns } from "./target-tables.ts";

export interface VariableTables {
  /** The sealed variables of targets; of all jobs of an environment if `job` is empty. */
  tb_environment_variable: EnvironmentVariableTable;
  /** The key that every variable is sealed for: one row. */
  tb_variable_key: VariableKeyTable;
}

export interface EnvironmentVariableTable extends TargetColumns {
  name: string;
  /** Sealed: src/variables knows how. */
  value: Uint8Array;
  updated_at: string;
  updated_by: string;
}

interface VariableKeyTable {
  id: 1;
  /** The public half of the key that every value is sealed for. */
  recipient: string;
  since: string;
}
