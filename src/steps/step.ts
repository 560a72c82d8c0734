import type { Phase } from "../domain/phase.ts";
import type { Capability, Facts, PreviewContext, StepContext } from "./capabilities.ts";

/**
 * The smallest unit that is recorded before and after it runs. Running it twice must do no harm. `Needs` names the capabilities that it asks for, beside
 * what every step has; without it, any step is meant.
 */
export interface Step<Needs extends Capability = Capability> {
  /** Stable once released: the key under which the outcome is recorded. */
  readonly name: string;
  readonly phase: Phase;
  /** The action, in a sentence for `--dry-run`: `Switch /srv/shop/current to the new release`. */
  describe(context: Pick<StepContext<never>, "target" | "places">): string;
  /** The things that it would find and do with this very revision, a line each, for `fraisier plan`: files, missing variables. Only looks. */
  preview?(context: PreviewContext<Needs>): Promise<readonly string[]>;
  run(context: StepContext<Needs>): Promise<void>;
  /**
   * Takes back what `run` did, or began to do: it may be called when `run` only half happened, in another process,
   * and more than once. A deployment that fails undoes every step it started that has one, last first.
   */
  undo?(context: StepContext<Needs>): Promise<void>;
  /** Whether it changed anything of what runs, by the facts that it remembered. A step without it has, once it was begun. */
  hasChanged?(facts: Facts): boolean;
  /** Whether it meddled with the service while that ran: it means nothing then that the service is up. A step without it has not. */
  hasDisturbed?(facts: Facts): boolean;
}
