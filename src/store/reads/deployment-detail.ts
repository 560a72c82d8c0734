import type { StepStatus } from "../../domain/deployment.ts";
import type { Phase } from "../../domain/phase.ts";
import type { WaitReason } from "../../domain/wait-reason.ts";
import { readWaitReason } from "../read-wait-reason.ts";
import type { StoreContext } from "../store-context.ts";
import { withoutNulls } from "../without-nulls.ts";
import { toRecord } from "../deployment-record.ts";
import type { DeploymentRecord } from "../deployment-record.ts";

/** A phase that a deployment entered, or progress within it. */
interface PhaseRecord {
  readonly sequence: number;
  readonly phase: Phase;
  readonly progress: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly at: string;
}

/** A step as the journal of its deployment has it. */
interface StepRecord {
  readonly sequence: number;
  readonly step: string;
  readonly phase: Phase;
  readonly status: StepStatus;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Empty if it did not fail. */
  readonly error: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly durationMs: number | undefined;
}

export interface DeploymentDetail {
  readonly deployment: DeploymentRecord;
  /** The reason behind the sentence `waitsBecause`. */
  readonly waitsFor: WaitReason | undefined;
  /** In the order in which they happened. */
  readonly phases: readonly PhaseRecord[];
  readonly steps: readonly StepRecord[];
}

/** Everything about one deployment but its log; undefined when there is none. */
export async function deploymentDetail({ db }: StoreContext, id: string): Promise<DeploymentDetail | undefined> {
  const row = await db.selectFrom("tb_deployment").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return undefined;
  const phases = await db
    .selectFrom("tb_deployment_phase")
    .select(["sequence", "phase", "progress", "metadata", "at"])
    .where("deployment_id", "=", id)
    .orderBy("sequence")
    .execute();
  const steps = await db
    .selectFrom("tb_deployment_step")
    .select(["sequence", "step", "phase", "status", "facts", "error"])
    .select(["started_at as startedAt", "finished_at as finishedAt", "duration_ms as durationMs"])
    .where("deployment_id", "=", id)
    .execute();
  return {
    deployment: toRecord(row),
    waitsFor: readWaitReason(row.waits_for),
    phases: phases.map((phase) => ({ ...phase, metadata: objectIn(phase.metadata) })),
    steps: steps
      .toSorted((a, b) => a.sequence - b.sequence)
      .map((step) => ({ ...withoutNulls(step), facts: objectIn(step.facts) })),
  };
}

function objectIn(json: string): Readonly<Record<string, unknown>> {
  return JSON.parse(json) as Readonly<Record<string, unknown>>;
}
