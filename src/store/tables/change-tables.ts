import type { Generated } from "kysely";
import type { ChangeKind } from "../../domain/change.ts";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { Phase } from "../../domain/phase.ts";
import type { TargetColumns } from "./target-tables.ts";

export interface ChangeTables {
  /** The changes that the events of the API tell of, in the order of their commits. Triggers write the rows, which are kept for 7 days. */
  tb_change: ChangeTable;
  /** How far the traces have been sent to their receiver: at most one row. */
  tb_trace_position: TracePositionTable;
}

interface ChangeTable extends TargetColumns {
  /** Counts up without gaps, in the order of the commits. */
  sequence: number;
  /** When it changed. */
  at: string;
  /** A change of a target may have `*` for all of them; one of a delivery names none. */
  kind: ChangeKind;
  /** The deployment or the delivery; `""` for a target. */
  subject: Generated<string>;
  /** The status of a deployment after the change. */
  status: DeploymentStatus | null;
  phase: Phase | null;
  progress: number | null;
}

interface TracePositionTable {
  id: 1;
  /** The newest change whose spans the receiver has taken or refused for good. */
  sequence: number;
  at: string;
}
