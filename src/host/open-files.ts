import { readdir, readlink, stat } from "node:fs/promises";

/** A file that a process has open. */
export interface OpenFile {
  readonly pid: number;
  /** A path by which the file can be read, even if it has no name any more. */
  readonly through: string;
  /** The file's present path; undefined if it was deleted. */
  readonly path: string | undefined;
  /** The last path of a deleted file; else the same as `path`. */
  readonly lastPath: string;
  readonly device: number;
  readonly inode: number;
}

const DELETED = / \(deleted\)$/;

/** Every file that other processes of this machine have open, as far as this user may look at them. */
export async function openFilesOfOthers(): Promise<readonly OpenFile[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const files = await Promise.all(pids.filter((pid) => pid !== process.pid).map(filesOf));
  return files.flat();
}

async function filesOf(pid: number): Promise<readonly OpenFile[]> {
  const folder = `/proc/${pid}/fd`;
  const found: OpenFile[] = [];
  // A process that has ended meanwhile, or that belongs to another user, has none.
  for (const descriptor of await readdir(folder).catch(() => [])) {
    const through = `${folder}/${descriptor}`;
    try {
      const name = await readlink(through);
      if (!name.startsWith("/")) continue;
      const stats = await stat(through);
      if (!stats.isFile()) continue;
      const lastPath = name.replace(DELETED, "");
      const path = stats.nlink === 0 ? undefined : lastPath;
      found.push({ pid, through, path, lastPath, device: stats.dev, inode: stats.ino });
    } catch {
      // The process has closed it meanwhile.
    }
  }
  return found;
}
