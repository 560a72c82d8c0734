import type { Phase } from "../domain/phase.ts";
import type { RecordedDeployment } from "./recorded-deployment.ts";
import { plainSpan } from "./span.ts";
import type { Span } from "./span.ts";
import { isWithin } from "./stretches.ts";
import type { Place, Stretch } from "./stretches.ts";
import { spanIdOf } from "./trace-ids.ts";

type Step = RecordedDeployment["steps"][number];

/** The work of a phase as `cicd.pipeline.task.type` of the semantic conventions calls it; it is `deploy` for the others. */
const TASK_TYPES: Readonly<Partial<Record<Phase, string>>> = {
  building: "build",
  health_check: "test",
  verifying: "test",
};

/** A span for each step below its phase, and one below the rollback for each step that was taken back. */
export function stepSpans(steps: readonly Step[], stretches: readonly Stretch[], place: Place): readonly Span[] {
  const ends = steps.map((step, index) => forwardEnd(step, steps[index + 1], place));
  return [
    ...steps.map((step, index) => stepSpan(step, ends[index] ?? place.end, stretches, place)),
    ...steps.flatMap((step) => undoSpan(step, place)),
  ];
}

function stepSpan(step: Step, end: string, stretches: readonly Stretch[], place: Place): Span {
  const stretch = stretches.findLast((each) => isWithin(step, each));
  return {
    ...plainSpan({
      traceId: place.traceId,
      spanId: spanIdOf("step", place.deployment, step.step),
      parentSpanId: stretch?.spanId ?? place.parentSpanId,
      name: step.step,
      start: step.startedAt,
      end,
    }),
    attributes: {
      "cicd.pipeline.task.name": step.step,
      "cicd.pipeline.task.run.id": `${place.deployment}/${step.step}`,
      "cicd.pipeline.task.run.result": resultOf(step),
      "cicd.pipeline.task.type": TASK_TYPES[step.phase] ?? "deploy",
      "error.type": step.error === "" ? undefined : step.step,
      "fraisier.phase": step.phase,
    },
    error: step.error === "" ? undefined : step.error,
  };
}

/** The journal keeps one duration of a step: that of its taking back, if there was one. It had ended before the next step began. */
function forwardEnd(step: Step, next: Step | undefined, { end, rollback }: Place): string {
  if (step.status === "undone" || step.status === "undo_failed" || step.status === "undoing")
    return next?.startedAt ?? rollback?.start ?? end;
  return step.finishedAt ?? end;
}

function undoSpan(step: Step, { traceId, deployment, rollback, end }: Place): readonly Span[] {
  if (rollback === undefined || !["undoing", "undone", "undo_failed"].includes(step.status)) return [];
  const until = step.finishedAt ?? end;
  return [
    {
      ...plainSpan({
        traceId,
        spanId: spanIdOf("undo", deployment, step.step),
        parentSpanId: rollback.spanId,
        name: `undo ${step.step}`,
        start: new Date(Date.parse(until) - (step.durationMs ?? 0)).toISOString(),
        end: until,
      }),
      attributes: { "cicd.pipeline.task.name": step.step, "fraisier.phase": step.phase },
      error: step.status === "undo_failed" ? step.error || "it was not taken back" : undefined,
    },
  ];
}

function resultOf({ status, error }: Step): string {
  if (status === "failed" || error !== "") return "failure";
  return status === "started" ? "error" : "success";
}
