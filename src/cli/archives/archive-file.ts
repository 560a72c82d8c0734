import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { HostUnavailable } from "../../domain/errors.ts";
import { syncFolder, temporaryBeside } from "../../host/replace-file.ts";

/** An archive that is being written, under a name that does not look like a finished one. */
export interface ArchiveFile {
  readonly temporary: string;
  readonly descriptor: number;
  /** Syncs the file and gives it its final name. Returns its size. */
  keep(): Promise<number>;
  /** Removes the file, unless it was kept. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Only its owner may read it (0600), from the first moment. @throws HostUnavailable */
export async function createArchiveFile(to: string): Promise<ArchiveFile> {
  const temporary = temporaryBeside(to);
  const handle = await open(temporary, "wx", 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw new HostUnavailable(`cannot write ${to}: ${cause.code ?? cause.message}`, {
      hint: "Name a file in a folder that is there and that this user may write to: --to <file>.",
      cause,
    });
  });
  return {
    temporary,
    descriptor: handle.fd,
    async keep() {
      await handle.sync();
      await rename(temporary, to);
      await syncFolder(dirname(to));
      return (await stat(to)).size;
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}
