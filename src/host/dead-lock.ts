import { readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { liesWithin } from "../domain/lies-within.ts";

/** Stands in the git folder of a checkout while fraisier writes into that folder. It stays if fraisier is killed. */
const AT_WORK = "fraisier-at-work";
const MARKS = [AT_WORK, "fraisier-moving-to"];

const LOOK_MS = 200;
/** A lock must stay as it is for so long while nobody is seen working: it covers those who cannot be seen. */
const UNCHANGED_MS = 2_000;
/** A git that lives is given so long to let go of its lock. */
const PATIENCE_MS = 10_000;
/** A file of a living git never stays untouched for so long, not even if that git cannot be seen from here. */
const OLD_MS = 60_000;

/** The lock file that kept git from its work, as git says; undefined if something else did. */
export function lockIn(words: string): string | undefined {
  return /Unable to create '([^'\n]+\.lock)': File exists/.exec(words)?.[1];
}

/** A repository in which a lock may be in the way. */
export interface LockedRepository {
  readonly gitFolder: string;
  /** The work tree of a checkout, which people use, too; undefined for a mirror, in which only fraisier works. */
  readonly workTree: string | undefined;
}

/**
 * Removes a lock file whose maker is dead. In a mirror every lock is fraisier's. In a checkout a lock is fraisier's only if it protects one of
 * fraisier's own refs, or was made while fraisier was in the middle of something. No lock is removed while a git works in that repository.
 * Returns whether the lock is gone.
 * @param mayRemove another rule than "it is fraisier's".
 */
export async function removeDeadLock(
  repository: LockedRepository,
  lock: string,
  mayRemove: (repository: LockedRepository, lock: string) => Promise<boolean> = isOurs,
): Promise<boolean> {
  const startedMs = performance.now();
  let sinceMs = startedMs;
  let seen: string | undefined;
  for (;;) {
    const found = await identityOf(lock);
    if (found === undefined) return true;
    if (found !== seen || (await worksIn(repository))) sinceMs = performance.now();
    seen = found;
    const nowMs = performance.now();
    if (nowMs - sinceMs >= UNCHANGED_MS) {
      if (!(await mayRemove(repository, lock))) return false;
      await rm(lock, { force: true });
      return true;
    }
    if (nowMs - startedMs >= PATIENCE_MS) return false;
    await sleep(LOOK_MS);
  }
}

/** Does the same with every lock file of a repository. */
export async function removeDeadLocks(repository: LockedRepository): Promise<void> {
  for (const lock of await lockFilesIn(repository)) await removeDeadLock(repository, lock);
}

/** A lock file, and whether it may be removed once it is known that no git works in its repository. */
export interface FoundLock {
  readonly path: string;
  /** fraisier or its git made it. */
  readonly isOurs: boolean;
  /** This user made it, by fraisier or not, and it has not changed for a minute. */
  readonly isAbandoned: boolean;
}

/** Every lock file of a repository in which no process works; empty while one does. Changes nothing. */
export async function findDeadLocks(repository: LockedRepository): Promise<readonly FoundLock[]> {
  const found: FoundLock[] = [];
  for (const path of await lockFilesIn(repository)) {
    const [ours, abandoned] = [await isOurs(repository, path), await isAbandoned(repository, path)];
    found.push({ path, isOurs: ours, isAbandoned: abandoned });
  }
  return found.length === 0 || (await worksIn(repository)) ? [] : found;
}

/** Whether this user made a lock file at least a minute ago. A person who asks for a repair may have it removed, whoever made it. */
export async function isAbandoned(_repository: LockedRepository, lock: string): Promise<boolean> {
  const found = await stat(lock).catch(() => undefined);
  return found !== undefined && found.uid === process.geteuid?.() && isOld(found.mtimeMs);
}

/** Whether a file was not touched for a minute. */
export function isOld(mtimeMs: number): boolean {
  return Date.now() - mtimeMs > OLD_MS;
}

async function lockFilesIn({ gitFolder }: LockedRepository): Promise<readonly string[]> {
  const refs = await readdir(join(gitFolder, "refs"), { recursive: true }).catch(() => []);
  const names = [...(await readdir(gitFolder).catch(() => [])), ...refs.map((name) => join("refs", name))];
  return names.filter((each) => each.endsWith(".lock")).map((name) => join(gitFolder, name));
}

/** Marks a checkout as one that fraisier writes into: if fraisier is killed, the locks that are left there from now on are fraisier's. */
export async function whileAtWork<Answer>(repository: LockedRepository, work: () => Promise<Answer>): Promise<Answer> {
  if (repository.workTree === undefined) return await work();
  const mark = join(repository.gitFolder, AT_WORK);
  if (await identityOf(mark)) await removeDeadLocks(repository);
  // If that is forbidden, git says so in its own words.
  else await writeFile(mark, "").catch(() => {});
  const answer = await work();
  // It stays after a failure: git may have been killed, and left its locks.
  await rm(mark, { force: true });
  return answer;
}

async function isOurs({ gitFolder, workTree }: LockedRepository, lock: string): Promise<boolean> {
  const found = await stat(lock).catch(() => undefined);
  // Another user's lock was not made by us.
  if (found === undefined || found.uid !== process.geteuid?.()) return false;
  if (workTree === undefined || lock.includes("/refs/fraisier/")) return true;
  for (const name of MARKS) {
    const mark = await stat(join(gitFolder, name)).catch(() => undefined);
    if (mark !== undefined && mark.mtimeMs <= found.mtimeMs) return true;
  }
  return false;
}

async function identityOf(lock: string): Promise<string | undefined> {
  return await stat(lock).then(
    ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
    () => undefined,
  );
}

/** Whether a living process works in this repository: ours name it in their environment, a person's stand in it. */
export async function worksIn({ gitFolder, workTree = gitFolder }: LockedRepository): Promise<boolean> {
  const isInside = (folder: string): boolean => [gitFolder, workTree].some((each) => liesWithin(folder, each));
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8");
      if (`\0${environment}`.includes(`\0GIT_DIR=${gitFolder}\0`)) return true;
      const name = await readFile(`/proc/${pid}/comm`, "utf8");
      if (name.startsWith("git") && isInside(await readlink(`/proc/${pid}/cwd`))) return true;
    } catch {
      // It ended meanwhile, or is another user's, whose locks are never removed.
    }
  }
  return false;
}
