import type { Phase } from "../domain/phase.ts";
import type { Skip } from "../steps/capabilities.ts";

/** Thrown into a deployment from outside its steps, as the reason of its abort signal; or by a step that finds nothing to do. */

/** Somebody asked for it to be cancelled. */
export class Cancelled extends Error {
  readonly by: string;

  constructor(by: string) {
    super(`cancelled by ${by}`);
    this.name = "Cancelled";
    this.by = by;
  }
}

/**
 * The runner's process was told to end: the machine goes down, or its unit is stopped. It says nothing about the deployment, which the next
 * runner takes up.
 */
export class Stopped extends Error {
  constructor() {
    super("the runner was stopped");
    this.name = "Stopped";
  }
}

/** It took longer than `timeout` allows, or one phase longer than `phase_timeouts` does. */
export class OutOfTime extends Error {
  constructor(timeoutMs: number, phase?: Phase) {
    const bound = phase === undefined ? "its timeout" : `the ${phase} timeout`;
    super(`not done within ${bound} of ${timeoutMs / 1000} s`);
    this.name = "OutOfTime";
  }
}

/** There is nothing to do, and that is no failure. */
export class Skipped extends Error {
  readonly instead: string | undefined;
  readonly isDone: boolean;

  constructor(reason: string, { instead, isDone = false }: Skip = {}) {
    super(reason);
    this.name = "Skipped";
    this.instead = instead;
    this.isDone = isDone;
  }
}
