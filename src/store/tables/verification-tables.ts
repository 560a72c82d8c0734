import type { CheckStatus } from "../../domain/verification.ts";
import type { PlacementColumns } from "./target-tables.ts";

export interface VerificationTables {
  /** The observation of each check in each run of a suite. */
  tb_verification: VerificationTable;
  /** The last run of the suite of each target: as good as its worst check. */
  v_verification_status: VerificationStatusView;
}

interface VerificationTable extends PlacementColumns {
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

interface VerificationStatusView extends PlacementColumns {
  id: string;
  deployment_id: string | null;
  revision: string;
  status: CheckStatus;
  at: string;
  checks: number;
  failed: number;
  warned: number;
}
