import type { RecordedDeployment } from "./recorded-deployment.ts";
import { plainSpan } from "./span.ts";
import type { Span } from "./span.ts";
import { stepSpans } from "./step-spans.ts";
import { isWithin, stretchesOf } from "./stretches.ts";
import type { Place } from "./stretches.ts";

/** A component group has a step for each file: more than these are left out. */
const MAX_STEPS = 500;

/** A span for each phase, and below it a span for each of its steps. */
export function spansOfPhases(
  { phases, steps: all }: Pick<RecordedDeployment, "phases" | "steps">,
  place: Place,
): readonly Span[] {
  const stretches = stretchesOf(phases, place);
  const steps = all.slice(0, MAX_STEPS);
  const spans = stretches.map((stretch): Span => ({
    ...plainSpan({
      traceId: place.traceId,
      spanId: stretch.spanId,
      parentSpanId: place.parentSpanId,
      name: stretch.phase,
      start: stretch.start,
      end: stretch.end,
    }),
    attributes: { "fraisier.phase": stretch.phase },
    error: all.find((step) => step.error !== "" && isWithin(step, stretch))?.error,
  }));
  return [...spans, ...stepSpans(steps, stretches, place)];
}
