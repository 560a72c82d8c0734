import type { StepStatus } from "../../domain/deployment.ts";
import type { Phase } from "../../domain/phase.ts";

export interface JournalTables {
  /** The phases that deployments came through. */
  tb_deployment_phase: DeploymentPhaseTable;
  /** The journal: each step of a deployment, recorded before and after. */
  tb_deployment_step: DeploymentStepTable;
  /** The reasons for which deployments waited, one after the other. */
  tb_deployment_wait: DeploymentWaitTable;
  /** The output of the commands of deployments, and the lines that fraisier added. */
  tb_deployment_log: DeploymentLogTable;
}

interface DeploymentPhaseTable {
  deployment_id: string;
  sequence: number;
  phase: Phase;
  progress: number;
  metadata: string;
  at: string;
}

interface DeploymentStepTable {
  deployment_id: string;
  sequence: number;
  step: string;
  phase: Phase;
  status: StepStatus;
  facts: string;
  error: string;
  started_at: string;
  finished_at: string | null;
  duration_ms: number | null;
}

interface DeploymentWaitTable {
  deployment_id: string;
  sequence: number;
  at: string;
  /** JSON: what it waits for from here on (domain/wait-reason.ts); null: for nothing that is recorded. */
  reason: string | null;
}

interface DeploymentLogTable {
  deployment_id: string;
  sequence: number;
  at: string;
  step: string;
  stream: "stdout" | "stderr" | "fraisier";
  line: string;
}
