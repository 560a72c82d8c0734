/** Files and folders, each change safe against a power cut: what is named is whole. */
export interface Files {
  exists(path: string): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
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
  /** A file with its mode, or a link as a link: written beside, synced, renamed. */
  copy(from: string, to: string): Promise<void>;
  /** Free bytes of the file system that holds the path (or its nearest existing parent). */
  freeBytes(path: string): Promise<number>;
  /** Whether this process may write there (or in the nearest existing parent). */
  isWritable(path: string): Promise<boolean>;
  /** Flushes a folder's entries to disk, and everything below it when `deep`. */
  sync(path: string, options?: { readonly deep?: boolean }): Promise<void>;
}
