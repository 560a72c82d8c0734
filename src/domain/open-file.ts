/** A file that a process has open. */
export interface OpenFile {
  readonly pid: number;
  /** A path by which the file can be read, even if it has no name any more. */
  readonly through: string;
  /** The file's present path; undefined if it was deleted. */
  readonly path: string | undefined;
  /** The last path of a deleted file; else the same as `path`. */
  readonly lastPath: string;
  readonly device: number;
  readonly inode: number;
}
