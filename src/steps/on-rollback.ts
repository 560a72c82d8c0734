import type { Phase } from "../domain/phase.ts";
import type { Capability, Facts, StepContext } from "./capabilities.ts";
import type { Step } from "./step.ts";

/** An act of a rollback. Like the undo of a step it may run more than once, and in another process than `note`. */
export interface RollbackAct<Needs extends Capability = Capability> {
  /** Stable once released: the key under which the outcome is recorded. */
  readonly name: string;
  /** The sentence of the plan: `Note how shop.service runs now, to be able to go back`. */
  readonly describe: Step["describe"];
  /** Writes down what the act needs to know of the time before the deployment. Changes nothing. */
  note?(context: StepContext<Needs>): Promise<void>;
  run(context: StepContext<Needs>): Promise<void>;
  /** As of a step. */
  hasDisturbed?(facts: Facts): boolean;
}

/**
 * The acts of a rollback as steps. They are given in the order in which a rollback runs them, and stand before the steps that a rollback takes back before
 * them: going forward each only notes what it needs.
 * @param phase of the step that comes next, as phases do not go back and forth.
 */
export function onRollback(phase: Phase, acts: readonly RollbackAct[]): readonly Step[] {
  return acts.toReversed().map((act): Step => ({
    name: act.name,
    phase,
    describe: act.describe,
    run: async (context) => await act.note?.(context),
    undo: (context) => act.run(context),
    hasChanged: () => false,
    ...(act.hasDisturbed === undefined ? {} : { hasDisturbed: act.hasDisturbed }),
  }));
}
