import { readFile, realpath, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HostUnavailable, StepFailed } from "../domain/errors.ts";
import type { Git } from "./git.ts";
import { git } from "./git-command.ts";
import { findDeadLocks, isAbandoned, removeDeadLock, removeDeadLocks, whileAtWork } from "./dead-lock.ts";
import { fetchInto, requireRevision } from "./git-fetch.ts";
import { examineHalfMoved, settleAtHead, type WorkTree } from "./half-moved.ts";
import { writeText } from "./replace-file.ts";

/** Names the revisions a move goes from and to, from before its first file is touched until its last one is. */
const MARK = "fraisier-moving-to";

/** The things that fraisier does with a checkout that a person made (`layout: in_place`). */
export const checkouts: Pick<
  Git,
  "checkoutState" | "fetchIntoCheckout" | "moveCheckout" | "examineCheckout" | "mendCheckout"
> = {
  async checkoutState(folder, signal) {
    const checkout = await openCheckout(folder, signal);
    // Files that a move of ours left half new were not changed by hand: the next move sees to them.
    const isMoving = await isMarked(join(checkout.repository.gitFolder, MARK));
    return { revision: await headOf(checkout), dirty: !isMoving && (await changedFiles(checkout)).length > 0 };
  },

  async fetchIntoCheckout(folder, options) {
    const checkout = await openCheckout(folder);
    return await whileAtWork(checkout.repository, () => fetchInto(checkout, options));
  },

  async moveCheckout(folder, revision) {
    requireRevision(revision);
    const checkout = await openCheckout(folder);
    const mark = join(checkout.repository.gitFolder, MARK);
    if (await isMarked(mark)) await finishInterruptedMove(checkout, folder);
    refuseChanged(folder, await changedFiles(checkout));
    const head = await headOf(checkout);
    await writeMark(mark, { from: head, to: revision });
    // --keep moves the branch that is checked out, or a detached HEAD, and stops before it overwrites a file git does not know.
    const what = `moving ${folder} to ${revision}`;
    try {
      await git(["reset", "--keep", revision], { what, ...checkout });
    } catch (error) {
      // git refused, or died in the middle (memory, a full disk). The next move mends the rest, as the mark stays.
      await finishInterruptedMove(checkout, folder).catch(() => {});
      throw error;
    }
    await rm(mark, { force: true });
  },

  async examineCheckout(folder) {
    const checkout = await openCheckout(folder);
    const locks = await findDeadLocks(checkout.repository);
    const isMoving = await isMarked(join(checkout.repository.gitFolder, MARK));
    return { locks, changedSinceMove: isMoving ? (await examineMove(checkout)).byHand : undefined };
  },

  async mendCheckout(folder) {
    const checkout = await openCheckout(folder);
    const { repository } = checkout;
    for (const { path, isOurs } of await findDeadLocks(repository))
      await (isOurs ? removeDeadLock(repository, path) : removeDeadLock(repository, path, isAbandoned));
    if (await isMarked(join(repository.gitFolder, MARK))) await finishInterruptedMove(checkout, folder);
  },
};

async function openCheckout(folder: string, signal?: AbortSignal): Promise<WorkTree> {
  const cwd = await realpath(folder).catch((cause: unknown) => {
    throw new StepFailed(`there is no checkout in ${folder}`, {
      cause,
      hint: `Make it once: git clone URL ${folder}; or use layout: releases.`,
    });
  });
  const call = { cwd, ...(signal === undefined ? {} : { signal }) };
  const answer = await git(["rev-parse", "--absolute-git-dir"], {
    what: `opening the checkout ${folder}`,
    ...call,
    // The ceiling stops git from taking a repository further up for this one.
    env: { GIT_CEILING_DIRECTORIES: dirname(cwd) },
  });
  const gitFolder = answer.trimEnd();
  // Named, so that git does not ask the settings of the repository where its files are.
  return { ...call, env: { GIT_DIR: gitFolder, GIT_WORK_TREE: cwd }, repository: { gitFolder, workTree: cwd } };
}

async function headOf(checkout: WorkTree): Promise<string> {
  return (
    await git(["rev-parse", "--verify", "HEAD^{commit}"], { what: "asking what is checked out", ...checkout })
  ).trim();
}

/** Tracked files that differ from HEAD, in the work tree or the index. Submodules are left to their owner. */
async function changedFiles(checkout: WorkTree): Promise<readonly string[]> {
  // Without it, looking alone may write the index anew.
  const env = { ...checkout.env, GIT_OPTIONAL_LOCKS: "0" };
  const options = ["--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=all", "--no-renames"];
  const output = await git(["status", ...options], { what: "looking for changed files", ...checkout, env });
  return output
    .split("\0")
    .filter((entry) => entry !== "")
    .map((entry) => entry.slice(3));
}

async function isMarked(mark: string): Promise<boolean> {
  return readFile(mark).then(
    () => true,
    () => false,
  );
}

/**
 * A move of ours died half-way (power cut, kill). Everything in which the work tree differs from HEAD is explained by one of the two
 * revisions, or was changed by a person. In the first case the move is completed, or taken back if HEAD still names the old revision.
 * @throws StepFailed that names what a person changed: nothing is touched then.
 */
async function finishInterruptedMove(checkout: WorkTree, folder: string): Promise<void> {
  const mark = join(checkout.repository.gitFolder, MARK);
  // Not every command says that a lock is in its way.
  await removeDeadLocks(checkout.repository);
  const { from, to, hasBegun, byHand, isCutOff } = await examineMove(checkout);
  if (!hasBegun) {
    // The move never began: a change in the work tree is a person's, and is treated as ever.
    await rm(mark, { force: true });
    return;
  }
  refuseChanged(folder, byHand, "a deployment was interrupted here, and ");
  if (isCutOff) await saveFiles(checkout);
  await settleAtHead(checkout, from, to);
  await rm(mark, { force: true });
}

interface InterruptedMove {
  readonly from: string;
  readonly to: string;
  readonly hasBegun: boolean;
  /** Files that neither revision explains; empty if the move has not begun. */
  readonly byHand: readonly string[];
  readonly isCutOff: boolean;
}

/** Looks at what an interrupted move has done so far. */
async function examineMove(checkout: WorkTree): Promise<InterruptedMove> {
  const recorded = readMark(await readFile(join(checkout.repository.gitFolder, MARK), "utf8"));
  const head = await headOf(checkout);
  const { to } = recorded;
  // Somebody who moved HEAD since then has made another beginning of it.
  const from = head === to ? (recorded.from ?? head) : head;
  const found = await examineHalfMoved(checkout, from, to);
  const changed = (await changedFiles(checkout)).filter((path) => !found.paths.has(path));
  const hasBegun = head === to || found.hasBegun || !(await isIndexAtHead(checkout));
  return {
    from,
    to,
    hasBegun,
    byHand: hasBegun ? [...found.byHand, ...changed] : [],
    isCutOff: found.cutOff.length > 0,
  };
}

async function writeMark(mark: string, move: { readonly from: string; readonly to: string }): Promise<void> {
  await writeText(mark, `${JSON.stringify(move)}\n`, 0o644).catch((cause: Error) => {
    throw new HostUnavailable(`cannot write ${mark}: ${cause.message}`, {
      cause,
      hint: "The user that fraisier runs as must own the checkout, and its disk must have room.",
    });
  });
}

/** An older fraisier wrote the new revision alone. */
function readMark(text: string): { readonly from?: string; readonly to: string } {
  const move = text.startsWith("{") ? (JSON.parse(text) as { from: string; to: string }) : { to: text.trim() };
  requireRevision(move.to);
  if ("from" in move) requireRevision(move.from);
  return move;
}

async function isIndexAtHead(checkout: WorkTree): Promise<boolean> {
  const output = await git(["diff-index", "--cached", "--name-only", "-z", "--ignore-submodules=all", "HEAD", "--"], {
    what: "looking for changed files",
    ...checkout,
  });
  return output === "";
}

/** The beginning of a file may be a person's after all: what stands there is kept as a commit. */
async function saveFiles(checkout: WorkTree): Promise<void> {
  const what = "keeping the files that were found after an interrupted move";
  const identity = ["user.name=fraisier", "user.email=fraisier@localhost"];
  const saved = (
    await git(["stash", "create", "files found after an interrupted deployment"], {
      what,
      config: identity,
      ...checkout,
    })
  ).trim();
  if (saved !== "") await git(["update-ref", `refs/fraisier/saved/${saved}`, saved], { what, ...checkout });
}

function refuseChanged(folder: string, changed: readonly string[], before = ""): void {
  if (changed.length === 0) return;
  const names = `${changed.slice(0, 5).join(", ")}${changed.length > 5 ? ", …" : ""}`;
  throw new StepFailed(`${before}files in ${folder} were changed by hand: ${names}`, {
    hint: `Look at them (git -C ${folder} diff), then commit them or take them back (git -C ${folder} restore .).`,
  });
}
