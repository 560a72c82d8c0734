import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { missingProgram } from "./missing-program.ts";

/** Node works on four files at a time. */
const AT_ONCE = 4;
/** A disk writes so many bytes of others in about the time of one fsync. */
const BYTES_PER_FSYNC = 2 ** 20;
/** So few files cost less than the start of a program. */
const FEW = 4;

/**
 * Writes a folder and everything below it to disk. A single syncfs(2) for the file system is one wait, and a release with node_modules has tens of thousands of
 * files; but it also waits for the pages that everybody else has written there, which may be gigabytes. An fsync for each file waits for these files alone.
 * fraisier takes the way that costs less by what waits to be written on this machine now.
 */
export async function syncTree(path: string, dirty = dirtyBytes): Promise<void> {
  const limit = Math.max(FEW, Math.floor((await dirty()) / BYTES_PER_FSYNC));
  const tree = await entriesOf(path, limit).catch(() => undefined);
  const isOnDisk = tree !== undefined && (await syncEach(tree));
  if (!isOnDisk) await syncFileSystem(path);
}

interface Entries {
  readonly files: readonly string[];
  /** A folder stands behind those that are in it. */
  readonly folders: readonly string[];
}

/** Everything below a folder, with the folder itself; undefined if there is more than so much of it. Links are entries of their folder and nothing else. */
async function entriesOf(root: string, limit: number): Promise<Entries | undefined> {
  const files: string[] = [];
  const folders = [root];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) folders.push(join(folder, entry.name));
      else if (entry.isFile()) files.push(join(folder, entry.name));
      if (files.length + folders.length > limit) return undefined;
    }
  }
  return { files, folders: folders.toReversed() };
}

/** @returns false if one of them cannot be synced by itself: a command that ran as another user may have closed it to this one. */
async function syncEach({ files, folders }: Entries): Promise<boolean> {
  for (const [paths, kind] of [
    [files, 0],
    [folders, constants.O_DIRECTORY],
  ] as const) {
    const waiting = paths[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (const path of waiting) {
        // A file that was replaced by a pipe meanwhile would hold up open() for ever.
        await using opened = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | kind);
        await opened.sync();
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
    if (ends.some(({ status }) => status === "rejected")) return false;
  }
  return true;
}

/** Bytes that programs have written and that are not on a disk yet; of all disks, as the kernel does not tell them apart. */
async function dirtyBytes(): Promise<number> {
  const text = await readFile("/proc/meminfo", "utf8").catch(() => "");
  const kibibytes = [...text.matchAll(/^(?:Dirty|Writeback): +(\d+) kB$/gm)].map(([, number]) => Number(number));
  return kibibytes.reduce((sum, each) => sum + each, 0) * 1024;
}

/** Node has no syncfs; `sync -f` of coreutils does it. */
async function syncFileSystem(path: string): Promise<void> {
  try {
    await promisify(execFile)("sync", ["-f", "--", path]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") throw missingProgram("sync", cause);
    throw cause;
  }
}
