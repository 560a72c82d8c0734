import { covers } from "../../domain/lock.ts";
import { lifeOfHolder } from "../../queue/living-locks.ts";
import type { LocksDocument } from "../schemas/locks-document.ts";
import type { Sources } from "../sources.ts";
import type { Within } from "../within.ts";
import { lockDocument } from "./lock-document.ts";

/** Every lock in force. An asker who may know of some targets only finds the locks that keep those waiting. */
export async function answerLocks({ config, store }: Sources, within?: Within): Promise<LocksDocument> {
  // A question writes nothing: the daemon removes the locks of dead processes.
  const locks = (await store.targets.locks()).filter((lock) => lifeOfHolder(lock) !== "dead");
  if (within === undefined) return { version: 1, locks: locks.map(lockDocument) };
  const known = [...config.targets, ...(await store.targets.status())].filter(within);
  return { version: 1, locks: locks.filter((lock) => known.some((target) => covers(lock, target))).map(lockDocument) };
}
