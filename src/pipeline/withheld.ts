import type { FraisierError } from "../domain/errors.ts";
import type { Step } from "../steps/step.ts";

/** The steps as they are; but if there is a reason not to go forward, each fails with it, and is taken back as ever. */
export function withheld(steps: readonly Step[], reason: FraisierError | undefined): readonly Step[] {
  return reason === undefined ? steps : steps.map((step) => ({ ...step, run: () => Promise.reject(reason) }));
}
