import { mkdir, open, readFile, rm, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./replace-file.ts";

/** A private file that only grows, by whole lines. */
export interface LineFile {
  /** The lines that it had when it was opened. A line that a killed process did not finish is none. */
  readonly lines: readonly string[];
  /** Adds a line; on disk when this resolves, if `isSynced`. */
  append(line: string, isSynced: boolean): Promise<void>;
  /** Closes and removes it. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

/** The file is made with its first line. */
export async function openLineFile(path: string): Promise<LineFile> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  const whole = text?.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== undefined && whole !== text) await truncate(path, Buffer.byteLength(whole));
  const begin = async () => {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const opened = await open(path, "a", 0o600);
    if (text === undefined) await syncFolder(folder);
    return opened;
  };
  let file: ReturnType<typeof begin> | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  // A write that failed (a full disk) may have left a part of its line, which the next line must not become a part of.
  let isTorn = false;
  const close = async (): Promise<void> => {
    await writing.catch(() => undefined);
    await (await file)?.close();
    file = undefined;
  };
  return {
    lines: whole === undefined ? [] : whole.split("\n").slice(0, -1),
    async append(line, isSynced) {
      const mine = writing
        .catch(() => undefined)
        .then(async () => {
          const handle = await (file ??= begin());
          const before = isTorn ? "\n" : "";
          isTorn = true;
          await handle.appendFile(`${before}${line}\n`);
          isTorn = false;
          if (isSynced) await handle.datasync();
          return undefined;
        });
      writing = mine;
      await mine;
    },
    async remove() {
      await close();
      await rm(path, { force: true });
    },
    close,
  };
}
