import { statSync, watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { touch } from "./sqlite-file.ts";

/** How long to wait before the next attempt to watch a file that cannot be made. */
const AGAIN_MS = 1_000;

/**
 * Calls back whenever a process touches the file. The kernel watches a file and not its name: if the file is deleted or replaced, this makes it again, watches
 * the new one, and calls back in case a process touched that before. Returns the way to stop.
 */
export function watchPoke(file: string, listener: () => void): () => void {
  let watcher: FSWatcher | undefined;
  let watched: number | undefined;
  let retry: NodeJS.Timeout | undefined;
  const begin = (): void => {
    touch(file);
    watched = inodeOf(file);
    watcher = watch(file, heard);
  };
  const beginAgain = (): void => {
    watcher?.close();
    watcher = undefined;
    try {
      begin();
    } catch {
      // The folder of the store is gone or full: other parts of the daemon report that.
      watched = undefined;
      retry = setTimeout(beginAgain, AGAIN_MS);
      retry.unref();
    }
    listener();
  };
  // A deleted file gives its number to the next one that is made, and is told of as renamed. A file that was replaced has another number.
  function heard(event: string): void {
    if (event === "change" && inodeOf(file) === watched) listener();
    else beginAgain();
  }
  begin();
  return () => {
    clearTimeout(retry);
    watcher?.close();
  };
}

function inodeOf(file: string): number | undefined {
  try {
    return statSync(file).ino;
  } catch {
    return undefined;
  }
}
