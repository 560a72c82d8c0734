import type { TargetKey } from "./fraise.ts";

/** An action of a person beside deploying, on a target or on several (`*`). */
export interface PersonAction extends TargetKey {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly by: string;
  /** The deployment or delivery that it was on; the revisions of a release, with blanks between. */
  readonly subject: string;
  readonly reason: string;
}
