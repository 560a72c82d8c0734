import type { Readable, Writable } from "node:stream";

/** Files and folders, each change safe against a power cut: what is named is whole. */
export interface Files {
  exists(path: string): Promise<boolean>;
  /** Makes a folder and its parents; `mode` is that of the folder itself, also if it exists already. Folders that root makes go to the owner of `like`. */
  makeFolder(path: string, mode?: number, like?: string): Promise<void>;
  /** Removes a file or a whole tree; nothing there is fine. Never follows links out of it. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Names in a folder, sorted; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
  /** The target of a symbolic link; undefined if there is no link. */
  readLink(path: string): Promise<string | undefined>;
  /** The real path, with every link on the way followed; undefined if there is nothing, or this user may not look. */
  realPath(path: string): Promise<string | undefined>;
  /** Makes or switches a symbolic link in one atomic rename, then syncs its folder. */
  switchLink(path: string, to: string): Promise<void>;
  readText(path: string): Promise<string | undefined>;
  /**
   * The text of a file that lies in one of these folders once every link is followed, whoever swaps links meanwhile; undefined if there is none.
   * @throws StepFailed if it lies elsewhere, or is no file.
   */
  readInside(path: string, folders: readonly string[]): Promise<string | undefined>;
  /** Root gives a folder that belongs to root to this user, with nothing in it; nothing happens if this process is not root. */
  give(folder: string, user: string): Promise<void>;
  /** Written beside, synced, renamed. Root leaves a private one (0600) to the owner of the folder. */
  writeText(path: string, text: string, mode?: number): Promise<void>;
  /** A file with its mode, or a link as a link: written beside, synced, renamed. */
  copy(from: string, to: string): Promise<void>;
  /** Writes another text into a file that is there, as atomically; mode, owner and links to it stay what they are. */
  rewriteText(path: string, text: string): Promise<void>;
  /** Makes a file for its owner only (0600) and never overwrites one: false when there is one. Root leaves it to the owner of the folder. */
  createSecret(path: string, text: string): Promise<boolean>;
  /** Written as atomically, for this user (else this process's own) and nobody else: 0600. */
  writeSecret(path: string, text: string, user?: string): Promise<void>;
  /** Gives a file a second name, so that replacing it under the first one keeps it whole. False when there is none. */
  keep(path: string, as: string): Promise<boolean>;
  /** The permission bits of a file, links followed; undefined when there is none. */
  permissions(path: string): Promise<number | undefined>;
  /** Bytes of a file; undefined when there is none. */
  size(path: string): Promise<number | undefined>;
  /** Streams a file; an error of the file system is an error of the stream. */
  read(path: string): Readable;
  /** Streams into a new file, which is synced to disk before it finishes. There must be none of that name. Root leaves it to the owner of the folder. */
  write(path: string, mode: number): Writable;
  /** Free bytes of the file system that holds the path (or its nearest existing parent). */
  freeBytes(path: string): Promise<number>;
  /** Whether this process may write there (or in the nearest existing parent). */
  isWritable(path: string): Promise<boolean>;
  /** Flushes a folder's entries to disk, and everything below it when `deep`. */
  sync(path: string, options?: { readonly deep?: boolean }): Promise<void>;
}
