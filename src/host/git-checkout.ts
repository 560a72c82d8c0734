import { readFile, realpath, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import type { Git } from "./git.ts";
import { git } from "./git-command.ts";
import { fetchInto, type Repository, requireRevision } from "./git-fetch.ts";

/** Names the commit a move was going to, from before its first file is touched until its last one is. */
const MARK = "fraisier-moving-to";

/** What fraisier does with a checkout somebody made (`layout: in_place`). */
export const checkouts: Pick<Git, "checkoutState" | "fetchIntoCheckout" | "moveCheckout"> = {
  async checkoutState(folder, signal) {
    const checkout = await openCheckout(folder, signal);
    // Files that a move of ours left half new were not changed by hand: the next move sees to them.
    const isMoving = await isMarked(join(checkout.gitFolder, MARK));
    return { revision: await headOf(checkout), dirty: !isMoving && (await changedFiles(checkout)).length > 0 };
  },

  async fetchIntoCheckout(folder, options) {
    return fetchInto(await openCheckout(folder), options);
  },

  async moveCheckout(folder, revision) {
    requireRevision(revision);
    const checkout = await openCheckout(folder);
    const mark = join(checkout.gitFolder, MARK);
    if (await isMarked(mark)) await finishInterruptedMove(checkout);
    const changed = await changedFiles(checkout);
    if (changed.length > 0) {
      throw new StepFailed(
        `files in ${folder} were changed by hand: ${changed.slice(0, 5).join(", ")}${changed.length > 5 ? ", …" : ""}`,
        {
          hint: `Look at them (git -C ${folder} diff), then commit them or take them back (git -C ${folder} restore .).`,
        },
      );
    }
    await writeFile(mark, `${revision}\n`, { flush: true });
    // --keep moves the branch that is checked out, or a detached HEAD, and stops before it overwrites a file git does not know.
    const what = `moving ${folder} to ${revision}`;
    try {
      await git(["reset", "--keep", revision], { what, ...checkout });
    } finally {
      // Where git refused, nothing was touched; where it died, we may be dying too and this is not reached.
      if ((await changedFiles(checkout)).length === 0) await rm(mark, { force: true });
    }
  },
};

interface Checkout extends Repository {
  /** Ends what git does in it. */
  readonly signal?: AbortSignal;
  readonly gitFolder: string;
}

async function openCheckout(folder: string, signal?: AbortSignal): Promise<Checkout> {
  const cwd = await realpath(folder).catch((cause: unknown) => {
    throw new StepFailed(`there is no checkout in ${folder}`, {
      cause,
      hint: `Make it once: git clone URL ${folder}; or use layout: releases.`,
    });
  });
  // The ceiling stops git from taking a repository further up for this one.
  const repository = {
    cwd,
    env: { GIT_CEILING_DIRECTORIES: dirname(cwd) },
    ...(signal === undefined ? {} : { signal }),
  };
  const gitFolder = await git(["rev-parse", "--absolute-git-dir"], {
    what: `opening the checkout ${folder}`,
    ...repository,
  });
  return { ...repository, gitFolder: gitFolder.trimEnd() };
}

async function headOf(checkout: Checkout): Promise<string> {
  return (
    await git(["rev-parse", "--verify", "HEAD^{commit}"], { what: "asking what is checked out", ...checkout })
  ).trim();
}

/** Tracked files that differ from HEAD, in the work tree or the index. Submodules are left to their owner. */
async function changedFiles(checkout: Checkout): Promise<readonly string[]> {
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
 * A move of ours died half-way (power cut, kill): the files are partly new, and looked clean when it began. They are
 * set back to HEAD, after what stands there now was saved as a commit, should somebody have edited since.
 */
async function finishInterruptedMove(checkout: Checkout): Promise<void> {
  const what = "finishing a move that was interrupted";
  // Nobody else moves this checkout: the lock is the one our dead git left.
  await rm(join(checkout.gitFolder, "index.lock"), { force: true });
  const identity = ["user.name=fraisier", "user.email=fraisier@localhost"];
  const saved = (
    await git(["stash", "create", "files found after an interrupted deployment"], {
      what,
      config: identity,
      ...checkout,
    })
  ).trim();
  if (saved !== "") await git(["update-ref", `refs/fraisier/saved/${saved}`, saved], { what, ...checkout });
  await git(["reset", "--hard", "HEAD"], { what, ...checkout });
  await rm(join(checkout.gitFolder, MARK), { force: true });
}
