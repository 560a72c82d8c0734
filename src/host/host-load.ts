import { statfs } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";

/** How this machine fares. */
export interface HostLoad {
  /** The load of the last minute in percent of the processors. */
  readonly loadPercent: number;
  /** The free bytes of the fullest of some file systems; undefined if none of them can be looked at. */
  readonly freeBytes: number | undefined;
}

/** Looks at the processors, and at the file systems of these folders. A folder that is not there, or that is closed, says nothing. */
export async function hostLoad(folders: readonly string[]): Promise<HostLoad> {
  const free = await Promise.all(folders.map(freeBytes));
  const known = free.filter((bytes) => bytes !== undefined);
  return {
    loadPercent: Math.round(((loadavg()[0] ?? 0) / availableParallelism()) * 100),
    freeBytes: known.length === 0 ? undefined : Math.min(...known),
  };
}

async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
