import { link, open, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { HostUnavailable } from "../../domain/errors.ts";
import { syncFolder, temporaryBeside } from "../../host/replace-file.ts";

/** A file that is written beside its place, and takes its place once everything else is ready, too. */
export interface PreparedFile {
  readonly path: string;
  /** Puts the file in its place. The file that was there keeps another name: `<path>.before-restore-<time>`. Returns that name. */
  install(time: string): Promise<string | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Files that belong to a database of SQLite: with another database they would damage it. */
const COMPANIONS = ["-wal", "-shm"];

/**
 * Writes and syncs the file. Root leaves it to the owner and the group of its folder: /etc/fraisier is root's and of the group fraisier, the state folder
 * is the service's.
 * @throws HostUnavailable
 */
export async function prepareFile(
  path: string,
  content: string | AsyncIterable<Uint8Array>,
  mode: number,
): Promise<PreparedFile> {
  const temporary = temporaryBeside(path);
  const dispose = async (): Promise<void> => await rm(temporary, { force: true });
  try {
    await using file = await open(temporary, "wx", 0o600);
    await file.writeFile(content);
    await takeAfterFolder(file, dirname(path), mode);
    await file.sync();
  } catch (cause) {
    await dispose();
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new HostUnavailable(`cannot write ${path}: ${code}`, {
      hint:
        code === "ENOSPC"
          ? "Make room there."
          : "Restoring writes below /etc and into the state folder: run it with sudo.",
      cause,
    });
  }
  return {
    path,
    async install(time) {
      const aside = `${path}.before-restore-${time}`;
      const wasThere = await keepAs(path, aside);
      // This happens before the new file gets its name: a log of the old database must never meet the new one.
      for (const companion of COMPANIONS) await moveAside(`${path}${companion}`, `${aside}${companion}`);
      await rename(temporary, path);
      await syncFolder(dirname(path));
      return wasThere ? aside : undefined;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function takeAfterFolder(file: FileHandle, folder: string, mode: number): Promise<void> {
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(folder);
    await file.chown(uid, gid);
  }
  await file.chmod(mode);
}

async function keepAs(path: string, aside: string): Promise<boolean> {
  try {
    await link(path, aside);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

async function moveAside(path: string, aside: string): Promise<void> {
  await rename(path, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
