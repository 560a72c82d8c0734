import type { Phase } from "../domain/phase.ts";
import type { RecordedDeployment } from "./recorded-deployment.ts";
import type { Span } from "./span.ts";
import { spanIdOf } from "./trace-ids.ts";

/** The place in the trace to which the spans of phases and steps belong. */
export interface Place {
  readonly traceId: string;
  readonly deployment: string;
  /** The span of the deployment. */
  readonly parentSpanId: string;
  /** When the deployment ended. */
  readonly end: string;
  /** The span of what took it back. */
  readonly rollback: Span | undefined;
}

/** A stretch of time in which a deployment was in one phase. */
export interface Stretch {
  readonly phase: Phase;
  readonly spanId: string;
  readonly start: string;
  readonly end: string;
}

/** A phase goes on until a row has another phase: the rows in between are its progress. */
export function stretchesOf(phases: RecordedDeployment["phases"], { deployment, end }: Place): readonly Stretch[] {
  const begins = phases.filter(({ phase }, index) => phase !== phases[index - 1]?.phase);
  return (
    begins
      .map(({ phase, sequence, at }, index) => ({
        phase,
        spanId: spanIdOf("phase", deployment, sequence),
        start: at,
        end: begins[index + 1]?.at ?? end,
      }))
      // The last row says how it ended, and nothing is done in it. The wait has a span of its own.
      .filter(({ phase }) => phase !== "active" && phase !== "failed" && phase !== "queued")
  );
}

/** Whether a step was begun in this stretch. */
export function isWithin(
  { phase, startedAt }: RecordedDeployment["steps"][number],
  stretch: Pick<Stretch, "phase" | "start" | "end">,
): boolean {
  return phase === stretch.phase && startedAt >= stretch.start && startedAt <= stretch.end;
}
