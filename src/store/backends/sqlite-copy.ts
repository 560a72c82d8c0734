import {
  closeSync,
  createReadStream,
  fchmodSync,
  fchownSync,
  linkSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { HostUnavailable } from "../../domain/errors.ts";
import type { CopyAside, Snapshot } from "./backend.ts";
import { makeFile, syncFile } from "./sqlite-file.ts";
import { storeLeftovers } from "./sqlite-leftovers.ts";

/** Copies that are kept beside the store. */
const KEPT = 2;
/** Room that a migration itself may need beside the copy. */
const MARGIN = 16 * 2 ** 20;

/**
 * Copies the store into `to`, which must be absent or empty, and syncs it. Other processes go on writing meanwhile: the copy is the store as it was
 * at the first moment.
 * @throws HostUnavailable if there is no room for it.
 */
function copyInto(file: string, to: string): void {
  // A connection of its own: the copy is one long read, and VACUUM must not run inside somebody's transaction.
  const source = new Database(file, { readonly: true, fileMustExist: true, timeout: 15_000 });
  try {
    refuseIfFull(source, dirname(to));
    source.prepare("vacuum into ?").run(to);
  } finally {
    source.close();
  }
  // VACUUM INTO leaves syncing to its caller.
  syncFile(to);
}

/** Copies the store to `<file>.before-<label>-<time>`, with its owner and mode. A process that is killed meanwhile leaves only a `.part-<pid>`. */
export function copyAside(file: string, label: string, now: Date): CopyAside {
  const folder = dirname(file);
  removeLeftovers(file);
  const wanted = `${file}.before-${label}-${now.toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  const part = `${wanted}.part-${process.pid}`;
  let to: string;
  try {
    makeFile(part, 0o600);
    copyInto(file, part);
    takeAfter(file, part);
    to = linkAs(part, wanted);
  } finally {
    rmSync(part, { force: true });
  }
  syncFile(folder);
  return {
    file: to,
    keep: () => removeOld(folder, basename(file), basename(to)),
    discard: () => rmSync(to, { force: true }),
  };
}

/** Copies the store into a file that loses its name at once. */
export async function snapshotOf(file: string): Promise<Snapshot> {
  removeLeftovers(file);
  const part = `${file}.before-snapshot.part-${process.pid}`;
  try {
    makeFile(part, 0o600);
    copyInto(file, part);
    const handle = await open(part, "r");
    const { size } = await handle.stat();
    return {
      bytes: size,
      read: () => createReadStream(part, { fd: handle.fd, start: 0, autoClose: false }),
      close: () => handle.close(),
    };
  } finally {
    rmSync(part, { force: true });
  }
}

function refuseIfFull(source: Database.Database, folder: string): void {
  const [pages, free, size] = ["page_count", "freelist_count", "page_size"].map((name) =>
    Number(source.pragma(name, { simple: true })),
  );
  const needed = ((pages ?? 0) - (free ?? 0)) * (size ?? 0) + MARGIN;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  throw new HostUnavailable(
    `there is no room for a copy of the store in ${folder}: it needs ${mebibytes(needed)}, ${mebibytes(bavail * bsize)} are free`,
    { hint: "Make room there, and try again. The store was not changed." },
  );
}

/** Owner and mode of the copy are those of the store. */
function takeAfter(file: string, copy: string): void {
  const { uid, gid, mode } = statSync(file);
  const descriptor = openSync(copy, "r");
  try {
    if (process.geteuid?.() === 0) fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode & 0o7777);
  } finally {
    closeSync(descriptor);
  }
}

/** Gives the copy its name; another one if a process that upgraded in the same second has taken it. */
function linkAs(part: string, wanted: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}.${count}`;
    try {
      linkSync(part, name);
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function removeOld(folder: string, store: string, newest: string): void {
  const timeOf = (name: string): string => /-(\d{8}T\d{6}Z[.\d]*)$/.exec(name)?.[1] ?? "";
  const others = readdirSync(folder).filter(
    (name) => name.startsWith(`${store}.before-`) && name !== newest && timeOf(name) !== "",
  );
  const newestFirst = others.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  for (const name of newestFirst.slice(KEPT - 1)) rmSync(join(folder, name), { force: true });
}

/** Parts of processes that were killed while they copied. */
function removeLeftovers(file: string): void {
  for (const path of storeLeftovers(file)) rmSync(path, { force: true });
}
