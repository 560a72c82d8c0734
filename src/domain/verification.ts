/** `warned`: it failed, and `on_failure: warn` says that this takes nothing back. */
export type CheckStatus = "passed" | "failed" | "warned";

/** The result of one check of a `verify:` suite. */
export interface CheckResult {
  /** The member of the family: `http`. */
  readonly type: string;
  /** For people: the check's own name, or what it does. */
  readonly name: string;
  readonly status: CheckStatus;
  /** The observation, in a sentence. */
  readonly seen: string;
  readonly durationMs: number;
  readonly at: Date;
  /** The check could not be made for want of something on this machine (a client, systemd): the revision is not to blame. */
  readonly isHostFault: boolean;
  /** The check saw nothing, good or bad: it takes no release back, and the suite has not passed. */
  readonly isUnknown?: boolean;
}

/** A suite is as good as its worst check. */
export function worstOf(statuses: readonly CheckStatus[]): CheckStatus {
  if (statuses.includes("failed")) return "failed";
  return statuses.includes("warned") ? "warned" : "passed";
}
