import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { StoreUnavailable } from "../../domain/errors.ts";
import { ownerHint } from "./sqlite-file.ts";

/** Less free space than this makes us try whether something can be written. */
const LOW_BYTES = 1 << 20;
/** About what a batch of deliveries adds to the write-ahead log. */
const PROBE_BYTES = 64 << 10;

const GOES_ON = "fraisier goes on by itself afterwards.";

/** The files of one connection to a store, and whether what is written to them lasts. */
export interface OpenFiles {
  /** Set if another file, or no file, has the path of one that this connection has open: what it writes is lost with its end. Costs microseconds. */
  lost(): StoreUnavailable | undefined;
  /** Looks at the files, too, and at the disk: it is asked without writing unless there is little room, or `suspect`. */
  unwell(suspect: boolean): StoreUnavailable | undefined;
  /** The path of the saved copy of a store that was lost in this way. */
  readonly savedCopy: string;
}

/** Must be called right after the files were opened. */
export function openFiles(file: string): OpenFiles {
  const opened = [file, `${file}-wal`, `${file}-shm`].map((path) => ({ path, identity: identityOf(statOf(path)) }));
  const savedCopy = savedCopyOf(file, statOf(file)?.ino ?? 0);
  const lost: OpenFiles["lost"] = () => {
    for (const { path, identity } of opened) {
      // An empty write-ahead log is usual; an empty store has lost everything.
      const fate = identity === undefined ? undefined : fateOf(path, identity, { mayBeEmpty: path !== file });
      if (fate === undefined) continue;
      const what = path === file ? `the store ${file}` : `the file ${path} of the store`;
      return new StoreUnavailable(`${what} was ${fate} while fraisier had it open: nothing is recorded any more`, {
        hint: `sudo fraisier repair brings it back, and says whether fraisier has to be restarted then; or fraisier store restore <archive>.`,
      });
    }
    return undefined;
  };
  return {
    lost,
    savedCopy,
    unwell: (suspect) => lost() ?? notWritable(file) ?? noRoom(file, suspect),
  };
}

/** The fate of an open file at its path; undefined if it is still there. */
function fateOf(
  path: string,
  identity: string,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean },
): "deleted" | "replaced" | "emptied" | undefined {
  const now = statOf(path);
  if (now === undefined) return "deleted";
  if (identityOf(now) !== identity) return "replaced";
  return mayBeEmpty || now.size > 0 ? undefined : "emptied";
}

/**
 * Opening must not begin a new store, or an older one, in the place of one that was lost while fraisier had it open.
 * @throws StoreUnavailable
 */
export function refuseIfLost(file: string): void {
  const found = statOf(file);
  const saved = found === undefined ? savedCopies(file)[0] : savedCopyOf(file, found.ino);
  if (saved !== undefined && existsSync(saved)) {
    throw new StoreUnavailable(`the store ${file} was deleted or replaced while fraisier had it open`, {
      hint: `fraisier saved a copy of it: sudo fraisier repair brings it back. By hand, after systemctl stop fraisier: ${bringBack(file, saved)}. To begin without it, move ${saved} elsewhere.`,
    });
  }
  if (found === undefined && (statOf(`${file}-wal`)?.size ?? 0) > 0) {
    throw new StoreUnavailable(`the store ${file} is gone, but its write-ahead log ${file}-wal is still there`, {
      hint: `Put the file back, or fraisier store restore <archive>. To begin with an empty store, remove ${file}-wal and ${file}-shm too.`,
    });
  }
}

/** The meaning for people of an error of the engine, or of a file beside the store; undefined if it is another kind of error. */
export function unavailable(
  error: unknown,
  file: string,
  unwell: () => StoreUnavailable | undefined,
): StoreUnavailable | undefined {
  const code = error instanceof Error ? String((error as { code?: unknown }).code) : "";
  const kind = KINDS.find(({ codes }) => codes.test(code));
  if (kind === undefined) return undefined;
  const state = kind.isOfDisk ? unwell() : undefined;
  if (state !== undefined) return new StoreUnavailable(state.message, { hint: state.hint ?? "", cause: error });
  const hint = (kind.isOfDisk ? ownerHint(file) : undefined) ?? kind.hint;
  return new StoreUnavailable(kind.message(file, code), { hint, cause: error });
}

const KINDS: readonly {
  readonly codes: RegExp;
  /** The state of the disk says more about it than the error does. */
  readonly isOfDisk: boolean;
  readonly hint: string;
  message(file: string, code: string): string;
}[] = [
  {
    codes: /^(?:SQLITE_FULL|ENOSPC|EDQUOT)/,
    isOfDisk: true,
    message: fullText,
    hint: `Make room there (df -h shows how much there is); ${GOES_ON}`,
  },
  {
    codes: /^(?:SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EROFS|EACCES|EPERM)/,
    isOfDisk: true,
    message: (file, code) => `the store ${file} cannot be written (${code})`,
    hint: "Check that the user may write to the file and to its folder, and that the file system is not mounted read-only.",
  },
  {
    codes: /^(?:SQLITE_IOERR|EIO)/,
    isOfDisk: true,
    message: (file, code) => `the disk of the store ${file} fails (${code})`,
    hint: `The kernel's log says more: journalctl -k. ${GOES_ON}`,
  },
  {
    codes: /^SQLITE_(?:CORRUPT|NOTADB)/,
    isOfDisk: false,
    message: (file, code) => `the store ${file} is damaged (${code})`,
    hint: "fraisier store check says more; fraisier store restore <archive> brings a backup back.",
  },
  {
    codes: /^SQLITE_BUSY/,
    isOfDisk: false,
    message: (file) =>
      `the store ${file} is locked: another process has kept it locked for too long (database is locked)`,
    hint: "fuser shows which process has it open. Try again soon.",
  },
];

function fullText(file: string, code = "ENOSPC"): string {
  return `the disk of the store ${file} is full (${code === "EDQUOT" ? code : "ENOSPC"})`;
}

function notWritable(file: string): StoreUnavailable | undefined {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EROFS")
      return new StoreUnavailable(`the store ${file} is on a file system that is mounted read-only (EROFS)`, {
        hint: `Mount it for writing (the kernel's log says why it is not: journalctl -k); ${GOES_ON}`,
      });
    return unavailable(error, file, () => undefined);
  }
}

function noRoom(file: string, suspect: boolean): StoreUnavailable | undefined {
  const { bavail, bsize } = statfsSync(dirname(file));
  if (!suspect && bavail * bsize >= LOW_BYTES) return undefined;
  const probe = `${file}.probe-${process.pid}`;
  try {
    const descriptor = openSync(probe, "w", 0o600);
    try {
      let written = 0;
      while (written < PROBE_BYTES) written += writeSync(descriptor, Buffer.alloc(PROBE_BYTES - written));
    } finally {
      closeSync(descriptor);
    }
    return undefined;
  } catch (error) {
    return unavailable(error, file, () => undefined);
  } finally {
    rmSync(probe, { force: true });
  }
}

function bringBack(file: string, saved: string): string {
  return `rm -f ${file}-wal ${file}-shm && mv ${saved} ${file}`;
}

/** Every saved copy that lies beside this store's place. */
export function savedCopies(file: string): readonly string[] {
  const folder = dirname(file);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((each) => each.startsWith(basename(file)) && /^\.saved-\d+$/.test(each.slice(basename(file).length)))
    .map((name) => join(folder, name));
}

/** Named after the file that was lost, so that a store which took its place is not taken for it. */
export function savedCopyOf(file: string, inode: number): string {
  return `${file}.saved-${inode}`;
}

function identityOf(found: ReturnType<typeof statOf>): string | undefined {
  return found === undefined ? undefined : `${found.dev}-${found.ino}`;
}

function statOf(path: string): { readonly dev: number; readonly ino: number; readonly size: number } | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
