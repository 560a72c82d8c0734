import type { Readable, Writable } from "node:stream";

/** Files and folders, each change safe against a power cut: what is named is whole. */
export interface Files {
  exists(path: string): Promise<boolean>;
  /** With its parents; `mode` is that of the folder itself, also where it is there already. */
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Removes a file or a whole tree; nothing there is fine. Never follows links out of it. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Names in a folder, sorted; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
  /** What a symbolic link points to; undefined when there is none. */
  readLink(path: string): Promise<string | undefined>;
  /** Makes or switches a symbolic link in one atomic rename, then syncs its folder. */
  switchLink(path: string, to: string): Promise<void>;
  readText(path: string): Promise<string | undefined>;
  /** Written beside, synced, renamed. */
  writeText(path: string, text: string, mode?: number): Promise<void>;
  /** Bytes of a file; undefined when there is none. */
  size(path: string): Promise<number | undefined>;
  /** Streams a file; an error of the file system is an error of the stream. */
  read(path: string): Readable;
  /** Streams into a new file, which is synced to disk before it finishes. There must be none of that name. */
  write(path: string, mode: number): Writable;
  /** Free bytes of the file system that holds the path (or its nearest existing parent). */
  freeBytes(path: string): Promise<number>;
  /** Whether this process may write there (or in the nearest existing parent). */
  isWritable(path: string): Promise<boolean>;
  /** Flushes a folder's entries to disk, and everything below it when `deep`. */
  sync(path: string, options?: { readonly deep?: boolean }): Promise<void>;
}
