import type { Lock } from "../../domain/lock.ts";
import { lockName } from "../../domain/lock.ts";

/** `locked by ann: database move`; with the name to unlock where it is on more than this target. */
export function lockNote(lock: Lock, target: string): string {
  if (lock.holder !== "") return `taken: ${lock.reason}, by ${lock.lockedBy}`;
  const scope = lockName(lock) === target ? "" : ` (${lockName(lock)})`;
  return `locked by ${lock.lockedBy}${scope}: ${lock.reason}`;
}
