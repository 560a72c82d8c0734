import type { Wanted } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** The options by which a person says why. */
export interface Reasons {
  /** The reason of the deployment, for the record. */
  readonly reason?: string;
  /** The reason why locks and freeze windows do not count for it. */
  readonly override?: string;
}

/** The wish of a person or program for a revision. @param by for the record: `ann@web1`, `token ci`. @throws UsageError if an override has no reason. */
export function personWish({ revision, ref }: WantedRevision, { reason, override }: Reasons, by: string): Wanted {
  return {
    revision,
    ref,
    previous: undefined,
    forced: true,
    message: reason ?? "",
    triggeredBy: by,
    ...overrideOf(override, by),
  };
}

/** The part of a wish that `--override <why>` adds. @throws UsageError if no reason is given: it is for the record. */
function overrideOf(reason: string | undefined, by: string): Pick<Wanted, "override"> {
  if (reason === undefined) return {};
  if (reason.trim() === "") throw new UsageError("--override needs a reason", { hint: 'Say why: --override "hotfix"' });
  return { override: { by, reason } };
}
