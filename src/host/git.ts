import type { FoundLock } from "./dead-lock.ts";

/** git, on bare mirrors and checkouts. Everything throws StepFailed or HostUnavailable with git's own words. */
export interface Git {
  /**
   * Makes sure that the bare mirror holds the revision, fetching only when it does not. Asks for the ref first and
   * for the exact object after that, and keeps it from being pruned. Returns the commit (tags peeled).
   * @throws StepFailed when the remote no longer has it.
   */
  fetchRevision(options: FetchOptions): Promise<string>;
  /** Whether `ancestor` can be reached from `descendant`; undefined when the mirror lacks one of them. */
  isAncestor(mirror: string, ancestor: string, descendant: string): Promise<boolean | undefined>;
  /** Paths that differ between two commits; undefined when the mirror lacks one of them. */
  changedPaths(mirror: string, from: string, to: string): Promise<readonly string[] | undefined>;
  /** The whole message of a commit in the mirror. */
  message(mirror: string, revision: string): Promise<string>;
  /** Every file of a revision, by path as git sorts them; undefined when the mirror lacks the revision. */
  listFiles(mirror: string, revision: string): Promise<readonly TreeFile[] | undefined>;
  /** The text of a file of a revision; undefined where it is larger than any text a person writes (1 MiB). */
  readFile(mirror: string, file: TreeFile): Promise<string | undefined>;
  /** How many files a revision has, and how many bytes they are together. Submodules do not count. */
  measure(mirror: string, revision: string): Promise<TreeSize>;
  /** Writes exactly this revision's files into an empty or missing folder, without a `.git`. `onFiles` hears how many of how many are written. */
  exportRevision(
    mirror: string,
    revision: string,
    folder: string,
    onFiles?: (written: number, total: number) => void,
  ): Promise<void>;
  /** The commit that the remote's ref points to now (peeled); `HEAD` for its default branch. Undefined when there is no such ref. */
  remoteRevision(cloneUrl: string, ref: string): Promise<string | undefined>;
  /** Every branch and tag of the remote by full ref, tags peeled, by a single remote call. */
  remoteRefs(cloneUrl: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** The commit a checkout has checked out, and whether tracked files were changed by hand. */
  checkoutState(folder: string, signal?: AbortSignal): Promise<{ readonly revision: string; readonly dirty: boolean }>;
  /** Fetches the revision into an existing checkout without touching its files. Returns the commit. */
  fetchIntoCheckout(folder: string, options: Omit<FetchOptions, "mirror">): Promise<string>;
  /** Moves an existing checkout's branch and files to exactly this commit. Refuses where tracked files were changed by hand. */
  moveCheckout(folder: string, revision: string): Promise<void>;
  /** Finds things in a checkout that a dead fraisier or git left there: only looks. */
  examineCheckout(folder: string): Promise<CheckoutRemains>;
  /**
   * Removes the dead lock files of a checkout, also those that fraisier did not make, and ends a move that was interrupted.
   * @throws StepFailed that names what a person changed since: nothing is touched then.
   */
  mendCheckout(folder: string): Promise<void>;
  /**
   * Sets an annotated tag in a mirror (or the `.git` of a checkout). `there`: it is there already, on this commit.
   * @throws StepFailed where it is there on another one: tags are not moved.
   */
  tagRevision(repository: string, tag: NewTag): Promise<"made" | "there">;
  /** Makes sure that the remote has the tag on this commit. @throws StepFailed or HostUnavailable when it does not take it. */
  pushTag(
    repository: string,
    options: {
      readonly cloneUrl: string;
      readonly name: string;
      readonly revision: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<void>;
}

interface CheckoutRemains {
  /** Empty while a git works there. */
  readonly locks: readonly FoundLock[];
  /** Files that a person changed since a move was interrupted; undefined if no move was. */
  readonly changedSinceMove: readonly string[] | undefined;
}

interface NewTag {
  readonly name: string;
  readonly revision: string;
  readonly message: string;
  /** The time of the tag: equal times make equal tag objects. */
  readonly at: Date;
}

export interface TreeSize {
  readonly files: number;
  readonly bytes: number;
}

/** A file as a revision holds it. */
export interface TreeFile {
  /** From the root of the repository, parts joined by `/`. */
  readonly path: string;
  /** The hash of its content: the same content, the same hash. */
  readonly blob: string;
  readonly kind: "file" | "executable" | "link" | "submodule";
}

export interface FetchOptions {
  /** Folder of the bare mirror, made when missing. */
  readonly mirror: string;
  readonly cloneUrl: string;
  /** A repository whose objects a new mirror may use instead of fetching them again; it must outlive the mirror. */
  readonly borrowFrom?: string;
  /** Full ref the revision was pushed to, when known. */
  readonly ref: string | undefined;
  readonly revision: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** git's progress, line by line. */
  onLine?(line: string): void;
  /** Called if the fetch has seen that the ref, a branch, names this very revision at the remote. A fetch into a checkout does not say so. */
  onTip?(): void;
}
