import { dirname, join } from "node:path";
import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import type { Files } from "../host/files.ts";
import { readManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

/** A backup as it lies on disk. A folder that has its final name is whole. */
export interface Backup {
  readonly id: string;
  readonly path: string;
  readonly manifest: Manifest;
  /** The hash of the manifest's text. */
  readonly sha256: string;
}

/** A folder that should be a backup and cannot be read as one. */
export interface BrokenBackup {
  readonly id: string;
  readonly path: string;
  readonly problem: string;
}

const ID = /^[0-9a-z]{13}$/;
/** A backup that is being written, or whose writer died. */
export const UNFINISHED = ".unfinished";
/** A backup that is being removed, or whose remover died. */
const DELETING = ".deleting";
/** Ends the name of a folder that a read of the backup needs for a moment. */
export const SCRATCH = ".scratch";
const LEFTOVER = /^[0-9a-z]{13}\.(unfinished|deleting|scratch)(-journal)?$/;

/** This target's backups, oldest first. Other targets may share the directory. A folder that cannot be read may belong to any target. */
export async function listBackups(
  files: Files,
  directory: string,
  target: TargetKey,
): Promise<{ readonly whole: readonly Backup[]; readonly broken: readonly BrokenBackup[] }> {
  const whole: Backup[] = [];
  const broken: BrokenBackup[] = [];
  for (const id of await files.list(directory)) {
    if (!ID.test(id)) continue;
    const path = join(directory, id);
    const found = await readManifest(files, path);
    if (typeof found === "string") broken.push({ id, path, problem: found });
    else if (found.manifest.id !== id)
      broken.push({ id, path, problem: `its manifest is that of ${found.manifest.id}` });
    else if (targetName(found.manifest) === targetName(target)) whole.push({ id, path, ...found });
  }
  return { whole, broken };
}

/** The folder is renamed first: half a backup never has the name of a whole one. */
export async function removeBackup(files: Files, path: string): Promise<void> {
  await files.rename(path, `${path}${DELETING}`);
  await files.remove(`${path}${DELETING}`);
}

/** Removes folders that dead processes left half written or half removed. The caller must hold the directory's lock. */
export async function removeLeftovers(files: Files, directory: string): Promise<void> {
  for (const name of await files.list(directory)) {
    if (LEFTOVER.test(name)) await files.remove(join(directory, name));
  }
}

/** Writes the names of a directory that may be new, and of those above it, to disk. Folders we may not read were there before us. */
export async function syncAbove(files: Files, directory: string): Promise<void> {
  for (let each = directory; each !== dirname(each); each = dirname(each)) {
    await files.sync(dirname(each)).catch(() => {});
  }
}
