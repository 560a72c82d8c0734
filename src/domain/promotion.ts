import { short } from "./decision.ts";
import { durationInWords } from "./duration-in-words.ts";
import type { CheckStatus } from "./verification.ts";

/** The conditions that a revision must have met elsewhere before an environment takes it. */
export interface Requirement {
  readonly environment: string;
  readonly verified: boolean;
  readonly within: number | undefined;
}

/** The state of the environment that is asked. */
export interface Standing {
  /** The revision that runs there; undefined if none does. */
  readonly revision: string | undefined;
  /** Since when. */
  readonly since: Date | undefined;
  /** The last one of the revision that wants to be promoted. */
  readonly verification: { readonly status: CheckStatus; readonly at: Date } | undefined;
}

/**
 * Says in a sentence which condition a revision does not meet; undefined if it meets all. It must be what the other environment runs now; verified there
 * without a warning where that is asked for; and that verification (or, where none is asked for, its going live there) at most `within` ago.
 */
export function promotionProblem(
  { environment, verified, within }: Requirement,
  { revision: active, since, verification }: Standing,
  revision: string,
  now: Date,
): string | undefined {
  if (active !== revision) {
    return `${environment} runs ${active === undefined ? "nothing" : short(active)}, not ${short(revision)}`;
  }
  if (!verified) {
    if (within === undefined || (since !== undefined && now.getTime() - since.getTime() <= within)) return undefined;
    return `${short(revision)} went live in ${environment} ${ago(since, now)}, more than ${durationInWords(within)}`;
  }
  if (verification === undefined) return `${short(revision)} was never verified in ${environment}`;
  const { status, at } = verification;
  if (status !== "passed") {
    const how = status === "failed" ? "failed" : "ended with a warning";
    return `the last verification of ${short(revision)} in ${environment} ${how}`;
  }
  if (within !== undefined && now.getTime() - at.getTime() > within) {
    return `${short(revision)} was verified in ${environment} ${ago(at, now)}, more than ${durationInWords(within)}`;
  }
  return undefined;
}

function ago(since: Date | undefined, now: Date): string {
  return since === undefined ? "at an unknown time" : `${durationInWords(now.getTime() - since.getTime())} ago`;
}
