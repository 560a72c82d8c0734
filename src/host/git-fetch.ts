import { RevisionGone, StepFailed } from "../domain/errors.ts";
import { isRevision } from "../domain/event.ts";
import type { FetchOptions } from "./git.ts";
import { uploadPackFor } from "./foreign-repository.ts";
import { git, type GitCall, tryGit } from "./git-command.ts";
import { type GitExit, gitFailure } from "./git-failure.ts";
import { remoteCall } from "./git-remote.ts";

/** The place of a repository: its folder to work in, or the variables that name it. */
export type Repository = Pick<GitCall, "cwd" | "env" | "repository">;

/**
 * Makes sure that the repository holds the revision, and keeps it. No ref but the kept one is written: two fetches at
 * once never meet on a lock, and a branch `a` that became `a/b` is no trouble.
 */
export async function fetchInto(repository: Repository, options: Omit<FetchOptions, "mirror">): Promise<string> {
  const { revision, ref } = options;
  requireRevision(revision);
  if (!(await holds(repository, revision)) && ref !== undefined) await fetchRef(repository, ref, options);
  if (!(await holds(repository, revision))) await fetchObject(repository, options);
  return keep(repository, revision);
}

/** @throws StepFailed for anything but a full hash: what comes from a delivery must never read as an option. */
export function requireRevision(revision: string): void {
  if (!isRevision(revision)) {
    throw new StepFailed(`${JSON.stringify(revision)} is no full commit hash`, {
      hint: "Give all 40 (or 64) hex digits.",
    });
  }
}

/** Whether the commit is there. All it needs is there then too: fetched packs are put in place whole (see `fetchFrom`). */
async function holds(repository: Repository, revision: string): Promise<boolean> {
  const answer = await tryGit(["rev-parse", "--verify", `${revision}^{commit}`], { what: "look-up", ...repository });
  return answer.ok;
}

async function fetchRef(repository: Repository, ref: string, options: Omit<FetchOptions, "mirror">): Promise<void> {
  if (!isRefName(ref)) throw new StepFailed(`${JSON.stringify(ref)} is no name of a ref`);
  const exit = await fetchFrom(repository, ref, options);
  // The branch is gone or renamed: the remote may still give the commit itself.
  if (exit && !/couldn't find remote ref/i.test(exit.stderr)) throw gitFailure(`fetch of ${ref}`, exit);
}

async function fetchObject(repository: Repository, options: Omit<FetchOptions, "mirror">): Promise<void> {
  const { revision } = options;
  const exit = await fetchFrom(repository, revision, options);
  if (exit === undefined) return;
  if (!/not our ref|couldn't find remote ref|unadvertised object|no such remote ref/i.test(exit.stderr)) {
    throw gitFailure(`fetch of ${revision}`, exit);
  }
  throw new RevisionGone(`the remote no longer has revision ${revision}`, {
    hint: "It was probably pushed away (a forced push) or its branch was deleted: push again, or deploy the branch's tip.",
    cause: gitFailure(`fetch of ${revision}`, exit),
  });
}

/** Undefined when all went well. */
async function fetchFrom(
  repository: Repository,
  wanted: string,
  { cloneUrl, timeoutMs, signal, onLine }: Omit<FetchOptions, "mirror">,
): Promise<GitExit | undefined> {
  const call = await remoteCall(cloneUrl, {
    what: `fetch of ${wanted}`,
    ...repository,
    timeoutMs,
    signal,
    onLine,
    config: [
      // Always a pack, which appears in one rename. Unpacked, a fetch that dies can leave a commit without its files.
      "fetch.unpackLimit=1",
      // The cleaning-up is over when we are: nothing is left to be killed with the deployment's processes.
      "gc.autoDetach=false",
      "maintenance.autoDetach=false",
    ],
  });
  // Progress also where nobody listens, because simple-git waits 50 ms after commands that say nothing.
  const options = ["--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
  const reader = await uploadPackFor(cloneUrl);
  if (reader !== undefined) options.push(`--upload-pack=${reader}`);
  const answer = await tryGit(["fetch", ...options, "--", call.url, wanted], {
    ...call,
    allowsUploadPack: reader !== undefined,
  });
  return answer.ok ? undefined : answer.exit;
}

/** A ref of ours per revision: neither git's cleaning-up nor a forced push takes it from us. Returns the commit. */
async function keep(repository: Repository, revision: string): Promise<string> {
  await git(["update-ref", "--stdin"], {
    what: `keeping ${revision}`,
    ...repository,
    // Written as a transaction because simple-git waits 50 ms after commands that say nothing; this one says "commit: ok".
    input: `start\nupdate refs/fraisier/keep/${revision} ${revision}\ncommit\n`,
    // Another deployment of the same push may hold the lock right now.
    config: ["core.filesRefLockTimeout=1000", "core.packedRefsTimeout=1000"],
  });
  const commit = await git(["rev-parse", "--verify", `${revision}^{commit}`], {
    what: `look-up of ${revision}`,
    ...repository,
  });
  return commit.trim();
}

/** The rules of git-check-ref-format(1) that matter here: no refspec (`a:b`, `+a`), no pattern, no option. */
function isRefName(ref: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return ref === "HEAD" || (/^refs\/[^\u0000- \u007f~^:?*[\\]+$/.test(ref) && !ref.includes(".."));
}
