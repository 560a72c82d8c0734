import type { Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { HostUnavailable } from "../domain/errors.ts";
import { accountOf } from "./accounts.ts";
import type { Account } from "./accounts.ts";

const MAX_LINKS = 40;
const STICKY = 0o1000;
const WRITABLE_BY_ALL = 0o002;

const accounts = new Map<number, Account>();

/**
 * The user as whom root must act at a path: the owner of the first folder or link on the way that does not belong to root. This owner could put a link in the
 * place of everything below, and root would follow it. Undefined if this process is not root, or everything on the way is root's.
 */
export async function actingUser(path: string): Promise<Account | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  let way = partsOf(resolve(path));
  let folder = "/";
  for (let links = 0; ;) {
    const [name, ...rest] = way;
    if (name === undefined || isOfKernel(folder, name)) return undefined;
    const next = join(folder, name);
    const found = await lstat(next).catch(() => undefined);
    if (found === undefined) return undefined;
    if (found.uid !== 0) return accountFor(found.uid, found.gid);
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > MAX_LINKS) throw new HostUnavailable(`too many symbolic links on the way to ${path}`);
      way = [...partsOf(resolve(folder, await readlink(next))), ...rest];
      folder = "/";
    } else {
      refuseOpen(next, found);
      [folder, way] = [next, rest];
    }
  }
}

/** The kernel says what lies in /proc and /sys: nobody can put a link into them. */
function isOfKernel(folder: string, name: string): boolean {
  return folder === "/" && (name === "proc" || name === "sys");
}

/** @throws HostUnavailable if every user may replace what lies in the folder. */
function refuseOpen(folder: string, found: Stats): void {
  if (!found.isDirectory() || (found.mode & WRITABLE_BY_ALL) === 0 || (found.mode & STICKY) !== 0) return;
  throw new HostUnavailable(`every user of this machine may write to ${folder}, and root does nothing below it`, {
    hint: `Close it: chmod o-w ${folder}`,
  });
}

/** The user for an entry of a folder that is made, renamed or removed there, and is not followed if it is a link. */
export async function actingUserOfEntry(path: string): Promise<Account | undefined> {
  const ofFolder = await actingUser(dirname(resolve(path)));
  if (ofFolder !== undefined || process.geteuid?.() !== 0) return ofFolder;
  const found = await lstat(path).catch(() => undefined);
  // Everything inside the folder belongs to that user.
  return found?.isDirectory() === true && found.uid !== 0 ? accountFor(found.uid, found.gid) : undefined;
}

function accountFor(uid: number, gid: number): Account {
  const known = accounts.get(uid) ?? accountOf(uid) ?? { name: String(uid), uid, gid, home: "/" };
  accounts.set(uid, known);
  return known;
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}
