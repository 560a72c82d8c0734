import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import type { Phase } from "../../domain/phase.ts";

type Step = DeploymentDocument["steps"][number];

/** A stretch of a deployment in one phase. */
export interface PhaseSpan {
  readonly phase: Phase;
  readonly from: string;
  /** The moment at which the next phase began, or the deployment ended; this moment for a phase that goes on. */
  readonly until: string;
  readonly state: "done" | "now" | "failed";
  readonly steps: readonly Step[];
}

/** The last phase of a deployment says how it ended, and takes no time. */
const ENDS: ReadonlySet<Phase> = new Set(["active", "failed"]);

/** The phases of a deployment with their times, in the order in which they happened. Pure. */
export function phaseSpans({ deployment, phases, steps }: DeploymentDocument, now: Date): readonly PhaseSpan[] {
  const starts = phases.filter(({ phase }, index) => phases[index - 1]?.phase !== phase);
  const end = deployment.finished_at ?? now.toISOString();
  const isOver = deployment.finished_at !== null;
  const shown = starts.filter(({ phase }) => !ENDS.has(phase));
  return shown.map(({ phase, at }) => {
    const next = starts[starts.findIndex((each) => each.at === at && each.phase === phase) + 1];
    const isLast = next === undefined;
    const failed = next?.phase === "failed" || (isLast && isOver && deployment.status !== "succeeded");
    const until = next?.at ?? end;
    return {
      phase,
      from: at,
      until,
      state: stateOf(failed, isLast && !isOver),
      steps: steps.filter((step) => step.phase === phase && step.started_at >= at && step.started_at <= until),
    };
  });
}

function stateOf(failed: boolean, goesOn: boolean): PhaseSpan["state"] {
  if (failed) return "failed";
  return goesOn ? "now" : "done";
}
