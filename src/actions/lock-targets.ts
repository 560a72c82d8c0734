import { UsageError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Lock } from "../domain/lock.ts";
import type { Locked } from "../answers/schemas/act-documents.ts";
import type { Finding } from "./acting.ts";

type LockOfPerson = Omit<Lock, "holder">;

type Replaced = Pick<Lock, "reason" | "lockedBy" | "lockedAt">;

interface NewLock {
  readonly locked: LockOfPerson;
  /** The lock whose place this one takes. */
  readonly replaced: Replaced | undefined;
}

/** Keeps what is queued for targets waiting. @throws UsageError without a reason. */
export async function lockTargets(
  { store }: Pick<Finding, "store">,
  key: TargetKey,
  reason: string | undefined,
  { by, at = new Date().toISOString() }: { readonly by: string; readonly at?: string },
): Promise<NewLock> {
  if (reason === undefined || reason.trim() === "")
    throw new UsageError("a lock needs a reason: whoever waits wants to know", { hint: '--reason "database move"' });
  const locked = { ...key, reason, lockedBy: by, lockedAt: at };
  const replaced = await store.targets.lock(locked);
  store.poke();
  return { locked, replaced };
}

/** The answer to the one who locked. Pure. */
export function lockedDocument(locked: LockOfPerson, replaced: Replaced | undefined): Locked {
  const { fraise, environment, job } = locked;
  return {
    locked: { fraise, environment, job, ...lockOf(locked) },
    replaced: replaced === undefined ? null : lockOf(replaced),
  };
}

function lockOf({ reason, lockedBy, lockedAt }: Replaced) {
  return { reason, locked_by: lockedBy, locked_at: lockedAt };
}
