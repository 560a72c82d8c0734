import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
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
 * Makes sure that the repository holds the revision, and keeps it. No ref but the kept one is written: a branch `a` that became `a/b` is no trouble, and
 * fetches of two revisions never meet on a lock.
 */
export async function fetchInto(repository: Repository, options: Omit<FetchOptions, "mirror">): Promise<string> {
  const { revision, ref } = options;
  requireRevision(revision);
  if (await mayHold(repository, options)) {
    const held = await commitOf(repository, revision);
    if (held !== undefined) return await keep(repository, revision, held);
  }
  const failure = ref === undefined ? undefined : await fetchRef(repository, ref, options);
  if (failure === undefined && ref?.startsWith("refs/heads/") === true && (await isKept(repository, revision))) {
    // git has kept what the branch names at the remote: the revision itself.
    options.onTip?.();
    return revision;
  }
  const fetched = await commitOf(repository, revision);
  if (fetched !== undefined) return await keep(repository, revision, fetched);
  try {
    if (failure !== undefined) throw failure;
    await fetchObject(repository, options);
  } catch (error) {
    await letGo(repository, revision);
    throw error;
  }
  return await keep(repository, revision, await requireCommit(repository, revision));
}

/**
 * Whether the revision may be there already. A mirror has nearly every revision that it holds under a kept ref, which costs no program to find. git is asked
 * if there is no ref to fetch, and in a checkout, whose owner fetches too.
 */
async function mayHold(
  repository: Repository,
  { ref, revision }: Pick<FetchOptions, "ref" | "revision">,
): Promise<boolean> {
  const isMirror = repository.repository !== undefined && repository.repository.workTree === undefined;
  return !isMirror || ref === undefined || (await isKept(repository, revision));
}

/** Whether the kept ref of the revision is there, and names it: a fetch that was interrupted may have left another commit in it. */
async function isKept({ repository }: Repository, revision: string): Promise<boolean> {
  if (repository === undefined) return false;
  const loose = await readFile(join(repository.gitFolder, keptRef(revision)), "utf8").catch(() => undefined);
  if (loose !== undefined) return loose.trim() === revision;
  const packed = await readFile(join(repository.gitFolder, "packed-refs"), "utf8").catch(() => "");
  return packed.includes(`\n${revision} ${keptRef(revision)}\n`);
}

function keptRef(revision: string): string {
  return `refs/fraisier/keep/${revision}`;
}

/** @throws StepFailed for anything but a full hash: what comes from a delivery must never read as an option. */
export function requireRevision(revision: string): void {
  if (!isRevision(revision)) {
    throw new StepFailed(`${JSON.stringify(revision)} is no full commit hash`, {
      hint: "Give all 40 (or 64) hex digits.",
    });
  }
}

/** The commit of a revision that is there; undefined if it is not. All it needs is there then too: fetched packs are put in place whole (see `fetchFrom`). */
async function commitOf(repository: Repository, revision: string): Promise<string | undefined> {
  const answer = await tryGit(["rev-parse", "--verify", `${revision}^{commit}`], { what: "look-up", ...repository });
  return answer.ok ? answer.stdout.trim() : undefined;
}

async function requireCommit(repository: Repository, revision: string): Promise<string> {
  const what = `look-up of ${revision}`;
  return (await git(["rev-parse", "--verify", `${revision}^{commit}`], { what, ...repository })).trim();
}

/** The error, if there is one that says nothing about the revision. The branch may be gone or renamed: the remote may still give the commit itself. */
async function fetchRef(
  repository: Repository,
  ref: string,
  options: Omit<FetchOptions, "mirror">,
): Promise<Error | undefined> {
  if (!isRefName(ref)) throw new StepFailed(`${JSON.stringify(ref)} is no name of a ref`);
  const exit = await fetchFrom(repository, ref, options);
  // A git that was killed, or whose time was up, did not answer.
  if (exit !== undefined && (exit.exitCode === undefined || exit.ended !== "by itself"))
    throw gitFailure(`fetch of ${ref}`, exit);
  return exit && !/couldn't find remote ref/i.test(exit.stderr) ? gitFailure(`fetch of ${ref}`, exit) : undefined;
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
  { revision, cloneUrl, timeoutMs, signal, onLine }: Omit<FetchOptions, "mirror">,
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
      ...PATIENT_LOCKS,
    ],
  });
  // Progress also where nobody listens, because simple-git waits 50 ms after commands that say nothing.
  const options = ["--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-prune"];
  if (await isTidy(repository)) options.push("--no-auto-gc");
  const reader = await uploadPackFor(cloneUrl);
  if (reader !== undefined) options.push(`--upload-pack=${reader}`);
  // Kept by the fetch itself, which costs no program of its own.
  const answer = await tryGit(["fetch", ...options, "--", call.url, `+${wanted}:${keptRef(revision)}`], {
    ...call,
    allowsUploadPack: reader !== undefined,
  });
  return answer.ok ? undefined : answer.exit;
}

/** git looks for something to tidy behind each fetch by a program of its own. Fetches bring packs alone, and git leaves fifty of them as they are. */
const FEW_PACKS = 40;

/** Whether a mirror surely needs no tidying: persons make objects in a checkout, too. */
async function isTidy({ repository }: Repository): Promise<boolean> {
  if (repository === undefined || repository.workTree !== undefined) return false;
  const names = await readdir(join(repository.gitFolder, "objects/pack")).catch(() => []);
  return names.filter((name) => name.endsWith(".pack")).length < FEW_PACKS;
}

/** A ref of ours per revision: neither git's cleaning-up nor a forced push takes it from us. Returns the commit. */
async function keep(repository: Repository, revision: string, commit: string): Promise<string> {
  if (await isKept(repository, revision)) return commit;
  await git(["update-ref", "--stdin"], {
    what: `keeping ${revision}`,
    ...repository,
    // Written as a transaction because simple-git waits 50 ms after commands that say nothing; this one says "commit: ok".
    input: `start\nupdate ${keptRef(revision)} ${revision}\ncommit\n`,
    config: PATIENT_LOCKS,
  });
  return commit;
}

/** Removes a kept ref that names another commit: the branch named it when it was fetched. */
async function letGo(repository: Repository, revision: string): Promise<void> {
  const input = `start\ndelete ${keptRef(revision)}\ncommit\n`;
  // A ref that stays does no harm: git keeps a commit more.
  await tryGit(["update-ref", "--stdin"], { what: "removing a ref", ...repository, input, config: PATIENT_LOCKS });
}

/** Another deployment of the same push may hold the lock of the kept ref right now. */
const PATIENT_LOCKS = ["core.filesRefLockTimeout=1000", "core.packedRefsTimeout=1000"];

/** The rules of git-check-ref-format(1) that matter here: no refspec (`a:b`, `+a`), no pattern, no option. */
function isRefName(ref: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return ref === "HEAD" || (/^refs\/[^\u0000- \u007f~^:?*[\\]+$/.test(ref) && !ref.includes(".."));
}
