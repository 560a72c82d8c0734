import type { Lock } from "../../domain/lock.ts";
import type { LocksDocument } from "../schemas/locks-document.ts";

export function lockDocument(lock: Lock): LocksDocument["locks"][number] {
  const { fraise, environment, job, reason, lockedBy, lockedAt, holder } = lock;
  return { fraise, environment, job, reason, locked_by: lockedBy, locked_at: lockedAt, holder };
}
