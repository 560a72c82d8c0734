import { randomUUID } from "node:crypto";
import { constants, createWriteStream, fchownSync, statSync } from "node:fs";
import { chmod, copyFile, link, lstat, open, realpath, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { findAccount } from "./find-account.ts";

/** Makes the new thing beside the old one and puts it in its place in one rename: readers see the old or the new, whole. */
export async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await make(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A private one (no rights for anybody else) that root writes goes to the owner of the folder. */
export async function writeText(path: string, text: string, mode: number): Promise<void> {
  await replace(path, async (temporary) => {
    await using file = await open(temporary, "wx", mode);
    await file.writeFile(text);
    if ((mode & 0o077) === 0) await leaveToOwnerOfFolder(file, path);
    await file.sync();
  });
}

/** Streams into a new file, which is synced before it is closed. Root leaves it to the owner of the folder. */
export function writeStream(path: string, mode: number): Writable {
  const stream = createWriteStream(path, { flags: "wx", mode, flush: true });
  if (process.getuid?.() !== 0) return stream;
  return stream.once("open", (file: number) => {
    try {
      const { uid, gid } = statSync(dirname(path));
      fchownSync(file, uid, gid);
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
}

/** With its mode, whatever the umask says. */
export async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  // Sets the mode again, as the umask may have changed it.
  await chmod(to, (await lstat(from)).mode & 0o7777);
  await using file = await open(to, constants.O_RDONLY);
  await file.sync();
}

/** A rename is durable once its folder is. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync();
}

/** Another text in the same file, as far as anybody can tell: through links, mode and owner kept. */
export async function rewrite(path: string, text: string): Promise<void> {
  const file = await realpath(path);
  const { mode, uid, gid } = await stat(file);
  await replace(file, (temporary) =>
    writeNew(temporary, text, async (handle) => {
      const own = await handle.stat();
      // If that is not possible the file is better left as it is: others could no longer read it, or could from now on.
      if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid);
      await handle.chmod(mode & 0o7777);
    }),
  );
}

/** Fails softly when there is one: a link(2) never overwrites, and of two processes one makes it. */
export async function createSecret(path: string, text: string): Promise<boolean> {
  const temporary = temporaryBeside(path);
  try {
    await writeNew(temporary, text, (handle) => leaveToOwnerOfFolder(handle, path));
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

export async function writeSecret(path: string, text: string, user: string | undefined): Promise<void> {
  const account = user === undefined ? undefined : await findAccount(user);
  await replace(path, (temporary) =>
    writeNew(temporary, text, async (handle) => {
      // Only root may give files away; any other process runs its commands as itself, too.
      if (account !== undefined && process.getuid?.() === 0) await handle.chown(account.uid, account.gid);
    }),
  );
}

/** A file that others read, too: private until it has its owner, its group (which only root can give) and its mode. */
export async function writeOwned(
  path: string,
  text: string,
  { uid, gid, mode }: { readonly uid: number; readonly gid: number; readonly mode: number },
): Promise<void> {
  await replace(path, (temporary) =>
    writeNew(temporary, text, async (handle) => {
      if (process.getuid?.() === 0) await handle.chown(uid, gid);
      await handle.chmod(mode);
    }),
  );
}

/** Gives the file a second name: its content, owner and permissions stay as they are. */
export async function keep(path: string, as: string): Promise<boolean> {
  const temporary = temporaryBeside(as);
  try {
    await link(path, temporary).catch(async (error: NodeJS.ErrnoException) => {
      // Files of others may not be linked to (fs.protected_hardlinks), and some file systems have no links.
      if (error.code !== "EPERM" && error.code !== "ENOTSUP" && error.code !== "EMLINK") throw error;
      await copyFile(path, temporary, constants.COPYFILE_EXCL);
      await using copy = await open(temporary, "r");
      await copy.sync();
    });
    await rename(temporary, as);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  } finally {
    // A rename onto another name of the same file does nothing at all.
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(as));
  return true;
}

/** The file is private from its first moment on. */
async function writeNew(path: string, text: string, adjust: (file: FileHandle) => Promise<void>): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(text);
  await adjust(file);
  await file.sync();
}

/** `sudo fraisier …` must not leave a file that the daemon, whose folder it is, cannot read. */
async function leaveToOwnerOfFolder(file: FileHandle, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  await file.chown(uid, gid);
}

/** Whether a file has the name of one that was to take the place of another in a rename. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

/** A name in the same folder for a file that is to take the place of another one. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}`);
}
