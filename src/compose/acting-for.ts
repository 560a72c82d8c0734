import type { Target } from "../config/config.ts";
import type { App } from "./app.ts";
import type { TargetEnvironment } from "./target-environment.ts";

/** Somebody who acts on the database of a target, and everything that stays the same while they do. */
export interface ActingFor extends TargetEnvironment {
  readonly app: App;
  readonly target: Target;
  /** The deployment; `""` for work by hand. */
  readonly deployment: string;
  readonly by: string;
}

/** A piece of work that can be interrupted, and has lines to log. */
export interface Work {
  readonly signal: AbortSignal;
  log(line: string): void;
}
