import { UsageError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Lock } from "../domain/lock.ts";
import type { Finding } from "./acting.ts";

interface Locked {
  readonly locked: Omit<Lock, "holder">;
  /** The lock whose place this one takes. */
  readonly replaced: Pick<Lock, "reason" | "lockedBy" | "lockedAt"> | undefined;
}

/** Keeps what is queued for targets waiting. @throws UsageError without a reason. */
export async function lockTargets(
  { store }: Pick<Finding, "store">,
  key: TargetKey,
  reason: string | undefined,
  { by, at = new Date().toISOString() }: { readonly by: string; readonly at?: string },
): Promise<Locked> {
  if (reason === undefined || reason.trim() === "")
    throw new UsageError("a lock needs a reason: whoever waits wants to know", { hint: '--reason "database move"' });
  const locked = { ...key, reason, lockedBy: by, lockedAt: at };
  const replaced = await store.targets.lock(locked);
  store.poke();
  return { locked, replaced };
}
