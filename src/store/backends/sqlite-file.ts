import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  futimesSync,
  openSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * An empty file where there is none. `sudo fraisier …` before the daemon's first start must not leave files that the daemon, whose folder it is,
 * cannot open; nor must it give away what somebody's link in that folder names.
 */
export function makeFile(file: string, mode: number): void {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw error;
  }
  try {
    const { uid, gid } = statSync(dirname(file));
    if (process.getuid?.() === 0) fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}

/** Only its time of change matters: watchers are told by the kernel. */
export function touch(file: string): void {
  makeFile(file, 0o660);
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    const now = new Date();
    futimesSync(descriptor, now, now);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes the content of a file, or the entries of a folder, to the disk. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The remedy if the store belongs to another user: the most common reason, which SQLite does not tell from the others. */
export function ownerHint(file: string): string | undefined {
  const folder = dirname(file);
  const denied = [file, `${file}-wal`, `${file}-shm`, folder].filter((path) => existsSync(path) && !mayWrite(path));
  const [first] = denied;
  const user = process.getuid?.();
  if (first === undefined || user === undefined) return undefined;
  // Not all that is in the folder: it may be /tmp.
  const what = [...(denied.includes(folder) ? [`'${folder}'`] : []), ...(existsSync(file) ? [`'${file}'*`] : [])];
  return `${first} belongs to user ${statSync(first).uid}, and this runs as user ${user}: run it as its owner, or \`chown ${user} ${what.join(" ")}\``;
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
