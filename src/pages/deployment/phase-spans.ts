import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import type { Phase } from "../../domain/phase.ts";

type Step = DeploymentDocument["steps"][number];

/** A stretch of a deployment in one phase. */
export interface PhaseSpan {
  readonly phase: Phase;
  readonly from: string;
  /** The moment at which the next phase began, or the deployment ended; this moment for a phase that goes on. */
  readonly until: string;
  /** A phase is `back` if it takes back what earlier phases did. */
  readonly state: "done" | "now" | "failed" | "back";
  readonly steps: readonly Step[];
}

/** The last phase of a deployment says how it ended, and takes no time. */
const ENDS: ReadonlySet<Phase> = new Set(["active", "failed"]);

/** The phases of a deployment with their times, in the order in which they happened. Pure. */
export function phaseSpans({ deployment, phases, steps }: DeploymentDocument, now: Date): readonly PhaseSpan[] {
  const { status, finished_at: finished } = deployment;
  const starts = phases.filter(({ phase }, index) => phases[index - 1]?.phase !== phase);
  const spans = starts.flatMap(({ phase, at }, index) => {
    const until = starts[index + 1]?.at ?? finished ?? now.toISOString();
    const own = steps.filter((step) => step.phase === phase && step.started_at >= at && step.started_at <= until);
    return ENDS.has(phase) ? [] : [{ phase, from: at, until, steps: own }];
  });
  const last = spans.length - 1;
  const withFailure = spans.findIndex((span) => span.steps.some((step) => step.status === "failed"));
  // A deployment that failed between its steps failed in its last phase.
  const failure = withFailure === -1 && finished !== null && status !== "succeeded" ? last : withFailure;
  const stateOf = (index: number): PhaseSpan["state"] => {
    if (finished === null && index === last && !ENDS.has(starts.at(-1)?.phase ?? "active")) return "now";
    if (index === failure || (index === last && status === "rollback_failed")) return "failed";
    return failure !== -1 && index > failure ? "back" : "done";
  };
  return spans.map((span, index) => ({ ...span, state: stateOf(index) }));
}
