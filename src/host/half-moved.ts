import { randomUUID } from "node:crypto";
import { lstat, open, realpath, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LockedRepository } from "./dead-lock.ts";
import { git, type GitCall } from "./git-command.ts";

/** A checkout with a work tree, as git is asked about it. */
export interface WorkTree extends Pick<GitCall, "signal"> {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly repository: LockedRepository;
}

/** A path that two revisions have differently; a side without it has no content. */
interface Difference {
  readonly path: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The state of a work tree at the paths in which two revisions differ. */
export interface HalfMoved {
  /** All of these paths. */
  readonly paths: ReadonlySet<string>;
  /** Neither the content of one revision nor that of the other, nor the beginning of one of them: a person changed it. */
  readonly byHand: readonly string[];
  /** The beginning of a file: git was writing it when it was killed. */
  readonly cutOff: readonly string[];
  /** Whether the move has begun: a path is not as `from` has it, and no person explains that. */
  readonly hasBegun: boolean;
}

/** Compares the work tree with both revisions. Only temporary files in git's folder are written. */
export async function examineHalfMoved(tree: WorkTree, from: string, to: string): Promise<HalfMoved> {
  const differences = await differencesOf(tree, from, to);
  const there = new Set<string>();
  for (const { path } of differences) if (await isFile(tree.cwd, path)) there.add(path);
  const unlikeFrom = await pathsUnlike(tree, differences, "from");
  const unlikeTo = await pathsUnlike(tree, differences, "to");
  const isUnlike = (each: Difference): boolean =>
    there.has(each.path) &&
    (each.from === undefined || unlikeFrom.has(each.path)) &&
    (each.to === undefined || unlikeTo.has(each.path));
  const [byHand, cutOff]: [string[], string[]] = [[], []];
  for (const each of differences.filter(isUnlike)) {
    const isCutOff = (await isCut(tree, each, "to")) || (await isCut(tree, each, "from"));
    (isCutOff ? cutOff : byHand).push(each.path);
  }
  const moved = differences.filter(({ path, from: old }) =>
    old === undefined ? there.has(path) : !there.has(path) || unlikeFrom.has(path),
  );
  return {
    paths: new Set(differences.map(({ path }) => path)),
    byHand,
    cutOff,
    hasBegun: moved.some(({ path }) => !byHand.includes(path)),
  };
}

/**
 * Brings the paths in which two revisions differ, and the index, to what HEAD has, which is one of the two. It can be killed at any moment
 * and be called again. Only for a work tree in which nothing was changed by hand.
 */
export async function settleAtHead(tree: WorkTree, from: string, to: string): Promise<void> {
  const what = "finishing a move that was interrupted";
  const entries: string[] = [];
  for (const { path, from: old, to: other } of await differencesOf(tree, from, to)) {
    const entry = other ?? old;
    // git removes only files that it knows: those of the other revision must be in the index for it.
    if (entry !== undefined && (await isFile(tree.cwd, path))) entries.push(`${entry}\t${path}\0`);
  }
  if (entries.length > 0)
    await git(["update-index", "--replace", "-z", "--index-info"], { what, ...tree, input: entries.join("") });
  await git(["reset", "--hard", "HEAD"], { what, ...tree });
}

async function differencesOf(tree: WorkTree, from: string, to: string): Promise<readonly Difference[]> {
  const output = await git(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", from, to, "--"], {
    what: "comparing revisions",
    ...tree,
  });
  const parts = output.split("\0");
  const found: Difference[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = ""] = (parts[index] ?? "").slice(1).split(" ");
    // Submodules are left to their owner.
    if (oldMode === "160000" || newMode === "160000") continue;
    const entry = (mode: string, blob: string): string | undefined =>
      mode === "000000" ? undefined : `${mode} ${blob}`;
    found.push({ path: parts[index + 1] ?? "", from: entry(oldMode, oldBlob), to: entry(newMode, newBlob) });
  }
  return found;
}

/** The paths whose content or mode in the work tree differs from this side's. Filters and line ends count as git counts them. */
async function pathsUnlike(
  tree: WorkTree,
  differences: readonly Difference[],
  side: "from" | "to",
): Promise<ReadonlySet<string>> {
  return await withIndexOf(tree, differences, side, async (env) => {
    const options = ["--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"];
    const output = await git(["diff", ...options], { what: "comparing the files", ...tree, env });
    return new Set(output.split("\0").filter(Boolean));
  });
}

/** Whether the file is the beginning of what git would write for this side. */
async function isCut(tree: WorkTree, difference: Difference, side: "from" | "to"): Promise<boolean> {
  if (difference[side] === undefined) return false;
  const folder = join(tree.repository.gitFolder, `fraisier-look-${randomUUID()}`);
  try {
    await withIndexOf(tree, [difference], side, (env) =>
      git(["checkout-index", "--all", "--force", `--prefix=${folder}/`], { what: "comparing the files", ...tree, env }),
    );
    return await beginsWith(join(folder, difference.path), join(tree.cwd, difference.path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withIndexOf<Answer>(
  tree: WorkTree,
  differences: readonly Difference[],
  side: "from" | "to",
  ask: (env: Readonly<Record<string, string>>) => Promise<Answer>,
): Promise<Answer> {
  const index = join(tree.repository.gitFolder, `fraisier-index-${randomUUID()}`);
  const env = { ...tree.env, GIT_INDEX_FILE: index };
  const entries = differences.flatMap((each) => (each[side] === undefined ? [] : [`${each[side]}\t${each.path}\0`]));
  try {
    await git(["update-index", "-z", "--index-info"], {
      what: "comparing the files",
      ...tree,
      env,
      input: entries.join(""),
    });
    return await ask(env);
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

/** Whether something that git could have written is there: no folder, and nothing behind a symbolic link. */
async function isFile(root: string, path: string): Promise<boolean> {
  const full = join(root, path);
  const folder = await realpath(dirname(full)).catch(() => undefined);
  if (folder !== dirname(full)) return false;
  return await lstat(full).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}

const PIECE = 1 << 16;

async function beginsWith(whole: string, beginning: string): Promise<boolean> {
  if (!(await lstat(whole)).isFile() || !(await lstat(beginning)).isFile()) return false;
  await using one = await open(whole);
  await using other = await open(beginning);
  for (let position = 0; ;) {
    const piece = await other.read({ buffer: Buffer.alloc(PIECE), position });
    if (piece.bytesRead === 0) return true;
    const expected = await one.read({ buffer: Buffer.alloc(piece.bytesRead), position });
    if (expected.bytesRead !== piece.bytesRead) return false;
    if (!expected.buffer.equals(piece.buffer.subarray(0, piece.bytesRead))) return false;
    position += piece.bytesRead;
  }
}
