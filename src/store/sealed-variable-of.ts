import type { Selectable } from "kysely";
import type { SealedVariable } from "../domain/sealed-variable.ts";
import type { EnvironmentVariableTable } from "./tables/variable-tables.ts";

/** A variable out of its row. */
export function sealedVariableOf(row: Selectable<EnvironmentVariableTable>): SealedVariable {
  const { updated_at, updated_by, ...variable } = row;
  return { ...variable, updatedAt: updated_at, updatedBy: updated_by };
}
