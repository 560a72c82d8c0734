import { short } from "./decision.ts";
import { UsageError } from "./errors.ts";

/** A rollback would take the place of something newer: a push that was accepted is not dropped by the way. */
export function newerWaits(deployment: string, revision: string): UsageError {
  return new UsageError(`deployment ${deployment} of ${short(revision)} waits: going back would drop it`, {
    hint: `Nothing was done. If it is not wanted: fraisier cancel ${deployment}, then go back. Otherwise it makes going back needless.`,
  });
}
