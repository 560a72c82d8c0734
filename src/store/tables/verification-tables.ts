import type { CheckStatus } from "../../domain/verification.ts";
import type { TargetColumns } from "./target-tables.ts";

export interface VerificationTables {
  tb_verification: VerificationTable;
  v_verification_status: VerificationStatusView;
}

interface VerificationTable extends TargetColumns {
  /** The id of the run of the suite; its checks are numbered from 1. */
  id: string;
  sequence: number;
  /** Null for a run by hand. */
  deployment_id: string | null;
  revision: string;
  type: string;
  name: string;
  status: CheckStatus;
  seen: string;
  duration_ms: number;
  at: string;
}

/** The last run of each target: as good as its worst check. */
interface VerificationStatusView extends TargetColumns {
  id: string;
  deployment_id: string | null;
  revision: string;
  status: CheckStatus;
  at: string;
  checks: number;
  failed: number;
  warned: number;
}
