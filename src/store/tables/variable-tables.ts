import type { TargetColumns } from "./target-tables.ts";

export interface VariableTables {
  tb_environment_variable: EnvironmentVariableTable;
  tb_variable_key: VariableKeyTable;
}

/** A variable of a target; of all jobs of an environment where `job` is `""`. */
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
