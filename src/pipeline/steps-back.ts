import type { Phase } from "../domain/phase.ts";
import { PHASES } from "../domain/phase.ts";
import type { Step } from "../steps/step.ts";

/** From here on a deployment changes what runs; before it everything is made ready, which a release that is kept already is. */
const FIRST: Phase = "creating_symlinks";

/** Of a deployment's steps, those that go back to a release that is still on disk: switch, restart, check. Pure. */
export function stepsBack(steps: readonly Step[]): readonly Step[] {
  const order = PHASES.map(({ name }): Phase => name);
  const first = order.indexOf(FIRST);
  return steps.filter(({ phase }) => order.indexOf(phase) >= first);
}
