import { isOutcome } from "../domain/deployment.ts";
import type { DeploymentStatus } from "../domain/deployment.ts";
import { targetName } from "../domain/fraise.ts";
import type { RollbackRun } from "../domain/rollback-run.ts";
import { waitSentence } from "../domain/wait-reason.ts";
import { deliverySpanId, repositoryAttributes, rootOf } from "./delivery-span.ts";
import { spansOfPhases } from "./spans-of-phases.ts";
import type { RecordedDeployment } from "./recorded-deployment.ts";
import { plainSpan } from "./span.ts";
import type { Span } from "./span.ts";
import { spanIdOf, traceIdOf } from "./trace-ids.ts";

/** Each end as `cicd.pipeline.result` of the semantic conventions calls it. */
const RESULTS: Readonly<Record<DeploymentStatus, string | undefined>> = {
  queued: undefined,
  running: undefined,
  rolling_back: undefined,
  succeeded: "success",
  failed: "failure",
  rolled_back: "failure",
  rollback_failed: "failure",
  superseded: "skip",
  skipped: "skip",
  cancelled: "cancellation",
};

/** The spans of a deployment that has ended, the deployment's own first; none if it goes on. */
export function deploymentSpans(record: RecordedDeployment): readonly Span[] {
  const { deployment, delivery } = record;
  const { id, status, finishedAt } = deployment;
  if (!isOutcome(status) || finishedAt === undefined) return [];
  const asked = deployment.retryOf ?? id;
  const traceId = traceIdOf(delivery === undefined ? asked : rootOf(delivery));
  const ofDeployment: Span = {
    ...plainSpan({
      traceId,
      spanId: deploymentSpanId(id),
      parentSpanId: parentOf(record),
      name: `RUN ${targetName(deployment)}`,
      start: deployment.queuedAt,
      end: finishedAt,
    }),
    kind: "server",
    attributes: attributesOf(record),
    links: record.laterDeliveries.map((later) => ({ traceId: traceIdOf(later), spanId: deliverySpanId(later) })),
    error: RESULTS[status] === "failure" ? deployment.reason : undefined,
  };
  const taken = record.rollbacks.find(({ isAutomatic }) => isAutomatic);
  const rollback = taken && rollbackSpan(taken, ofDeployment);
  return [
    ofDeployment,
    waitSpan(record, ofDeployment, deployment.startedAt ?? finishedAt),
    ...spansOfPhases(record, { traceId, deployment: id, parentSpanId: ofDeployment.spanId, end: finishedAt, rollback }),
    ...(rollback === undefined ? [] : [rollback]),
  ];
}

function deploymentSpanId(deployment: string): string {
  return spanIdOf("deployment", deployment);
}

/** A retry stands below the deployment that was asked for, and that one below its delivery. */
function parentOf({ deployment: { retryOf }, delivery }: RecordedDeployment): string | undefined {
  if (retryOf !== undefined) return deploymentSpanId(retryOf);
  return delivery === undefined ? undefined : deliverySpanId(delivery.id);
}

function attributesOf({ deployment, delivery, steps }: RecordedDeployment): Span["attributes"] {
  const { status, ref } = deployment;
  const failed = steps.find((step) => step.error !== "");
  return {
    ...(delivery === undefined ? {} : repositoryAttributes(delivery)),
    "cicd.pipeline.action.name": "RUN",
    "cicd.pipeline.name": targetName(deployment),
    "cicd.pipeline.run.id": deployment.id,
    "cicd.pipeline.result": RESULTS[status],
    "deployment.id": deployment.id,
    "deployment.name": deployment.fraise,
    "deployment.environment.name": deployment.environment,
    "deployment.status": status,
    "vcs.ref.head.name": ref?.name,
    "vcs.ref.head.type": ref?.kind,
    "vcs.ref.head.revision": deployment.revision,
    "vcs.ref.base.revision": deployment.previousRevision,
    "error.type": RESULTS[status] === "failure" ? (failed?.step ?? status) : undefined,
    "fraisier.job": deployment.job === "" ? undefined : deployment.job,
    "fraisier.trigger": deployment.trigger,
    "fraisier.triggered_by": deployment.triggeredBy,
    "fraisier.message": deployment.message === "" ? undefined : deployment.message,
    "fraisier.reason": deployment.reason === "" ? undefined : deployment.reason,
    "fraisier.attempt": deployment.attempt,
    "fraisier.retry": deployment.retry,
    "fraisier.superseded_by": deployment.supersededBy,
  };
}

/** The wait in the queue. Only reasons that stand in the way of a free target are on record; others are the turns of other deployments. */
function waitSpan({ waits }: RecordedDeployment, deployment: Span, end: string): Span {
  return {
    ...plainSpan({
      traceId: deployment.traceId,
      spanId: spanIdOf(deployment.spanId, "wait"),
      parentSpanId: deployment.spanId,
      name: "wait",
      start: deployment.start,
      end,
    }),
    attributes: { "cicd.pipeline.run.state": "pending" },
    events: waits.map(({ at, reason }) => ({
      at,
      name: reason === undefined ? "waits for its turn" : "waits",
      attributes:
        reason === undefined ? {} : { "fraisier.wait.kind": reason.kind, "fraisier.reason": waitSentence(reason) },
    })),
  };
}

function rollbackSpan({ startedAt, finishedAt, ...rollback }: RollbackRun, deployment: Span): Span {
  return {
    ...plainSpan({
      traceId: deployment.traceId,
      spanId: spanIdOf(deployment.spanId, "rollback"),
      parentSpanId: deployment.spanId,
      name: "rollback",
      start: startedAt,
      end: finishedAt ?? deployment.end,
    }),
    attributes: {
      "vcs.ref.base.revision": rollback.fromRevision,
      "vcs.ref.head.revision": rollback.toRevision,
      "fraisier.triggered_by": rollback.requestedBy,
      "fraisier.reason": rollback.reason,
    },
    error: rollback.status === "failed" ? "the rollback failed" : undefined,
  };
}
