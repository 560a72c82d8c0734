import type { Generated } from "kysely";
import type { ChangeKind } from "../../domain/change.ts";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { Phase } from "../../domain/phase.ts";
import type { TargetColumns } from "./target-tables.ts";

export interface ChangeTables {
  tb_change: ChangeTable;
}

/** Triggers write it. */
interface ChangeTable extends TargetColumns {
  /** Counts up without gaps, in the order of the commits. */
  sequence: number;
  at: string;
  kind: ChangeKind;
  /** The deployment or the delivery; `""` for a target. */
  subject: Generated<string>;
  /** Those of a deployment after the change. */
  status: DeploymentStatus | null;
  phase: Phase | null;
  progress: number | null;
}
