import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DiskFull, HostUnavailable, StepFailed } from "../domain/errors.ts";
import type { FetchOptions, Git } from "./git.ts";
import { git, tryGit } from "./git-command.ts";
import { gitFailure } from "./git-failure.ts";
import { sweepMirror } from "./sweep-mirror.ts";
import { fetchInto, type Repository, requireRevision } from "./git-fetch.ts";

/** The things that fraisier does with its bare mirrors. GIT_DIR names them: no search upwards, and no other user can slip one under us. */
export const mirrors: Pick<Git, "fetchRevision" | "isAncestor" | "changedPaths" | "message" | "exportRevision"> = {
  async fetchRevision(options: FetchOptions) {
    requireRevision(options.revision);
    await makeMirror(options.mirror, options.revision, options.borrowFrom);
    await sweepMirror(options.mirror);
    return fetchInto(inMirror(options.mirror), options);
  },

  async isAncestor(mirror, ancestor, descendant) {
    [ancestor, descendant].forEach(requireRevision);
    if (!(await isThere(join(mirror, "HEAD")))) return undefined;
    const call = { what: "comparing histories", ...inMirror(mirror) };
    // Not merge-base --is-ancestor, whose answer is an exit code without a word.
    const behind = await tryGit(["rev-list", "--count", "--max-count=1", ancestor, `^${descendant}`, "--"], call);
    if (behind.ok) return behind.stdout.trim() === "0";
    // git fails if a commit is missing, and for reasons of its own.
    if ((await commitsIn(mirror, [ancestor, descendant])) === undefined) return undefined;
    throw gitFailure(call.what, behind.exit);
  },

  async changedPaths(mirror, from, to) {
    const commits = await commitsIn(mirror, [from, to]);
    if (commits === undefined) return undefined;
    const options = ["-r", "-z", "--name-only", "--no-renames"];
    const output = await git(["diff-tree", ...options, ...commits, "--"], {
      what: "comparing revisions",
      ...inMirror(mirror),
    });
    return output.split("\0").filter((path) => path !== "");
  },

  async message(mirror, revision) {
    requireRevision(revision);
    return git(["log", "--max-count=1", "--format=%B", revision, "--"], { what: "look-up", ...inMirror(mirror) });
  },

  async exportRevision(mirror, revision, folder, onFiles) {
    requireRevision(revision);
    await requireEmpty(folder);
    const index = join(dirname(folder), `.${basename(folder)}.index-${randomUUID()}`);
    try {
      // With a work tree of its own, .gitattributes count as in any checkout; into a bare repository they would not.
      await git(["read-tree", "-m", "-u", "-v", revision], {
        what: `export of ${revision}`,
        // Progress at once, because simple-git waits 50 ms after commands that say nothing.
        env: { GIT_DIR: mirror, GIT_WORK_TREE: folder, GIT_INDEX_FILE: index, GIT_PROGRESS_DELAY: "0" },
        config: ["core.autocrlf=false", "core.symlinks=true", "core.fileMode=true"],
        ...(onFiles === undefined ? {} : { onProgress: onFiles }),
      });
    } catch (error) {
      // git does not always say so: with its index on the same disk it ends without a word.
      if (await isFull(folder)) {
        throw new DiskFull(`no space is left for the files of ${revision} in ${folder}`, {
          cause: error,
          hint: "The disk is full: make room there, or raise min_free_space to hear of it before anything starts.",
        });
      }
      throw error;
    } finally {
      await rm(index, { force: true });
      await rm(`${index}.lock`, { force: true });
    }
  },
};

function inMirror(mirror: string): Repository {
  return { env: { GIT_DIR: mirror }, repository: { gitFolder: mirror, workTree: undefined } };
}

/** Made beside and renamed: two processes that both need it first get one whole mirror. */
async function makeMirror(mirror: string, revision: string, borrowFrom: string | undefined): Promise<void> {
  if (await isThere(join(mirror, "HEAD"))) return;
  try {
    await mkdir(dirname(mirror), { recursive: true });
    const temporary = await mkdtemp(`${mirror}.new-`);
    const format = revision.length === 64 ? "sha256" : "sha1";
    const options = ["--bare", "--template=", `--object-format=${format}`, "--initial-branch=main"];
    await git(["init", ...options, "--", temporary], { what: `making the mirror ${mirror}` });
    if (borrowFrom !== undefined && (await isThere(join(borrowFrom, "objects"))))
      await writeFile(join(temporary, "objects/info/alternates"), `${join(borrowFrom, "objects")}\n`);
    await rename(temporary, mirror).catch(async (error: NodeJS.ErrnoException) => {
      await rm(temporary, { recursive: true, force: true });
      // The other process was faster.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new HostUnavailable(`cannot make the mirror ${mirror}: ${(cause as Error).message}`, {
      cause,
      hint: "The user fraisier runs as must own deployment.state_directory.",
    });
  }
}

/** The commits, or undefined when the mirror lacks one. */
export async function commitsIn(mirror: string, revisions: readonly string[]): Promise<readonly string[] | undefined> {
  revisions.forEach(requireRevision);
  if (!(await isThere(join(mirror, "HEAD")))) return undefined;
  const output = await git(["cat-file", "--batch-check=%(objectname)"], {
    what: "look-up",
    ...inMirror(mirror),
    input: revisions.map((revision) => `${revision}^{commit}\n`).join(""),
  });
  const commits = output.trim().split("\n");
  return commits.some((line) => line.endsWith(" missing")) ? undefined : commits;
}

/** Less than a block or two that anybody could still write. */
async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < 64 * 1024;
}

async function requireEmpty(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length === 0) return;
  } catch (cause) {
    throw new HostUnavailable(`cannot make the folder ${folder}: ${(cause as Error).message}`, { cause });
  }
  throw new StepFailed(`cannot export into ${folder}: it is not empty`);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
