import { readdir, readlink, stat } from "node:fs/promises";
import type { OpenFile } from "../domain/open-file.ts";

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
