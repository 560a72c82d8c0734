import { rmSync } from "node:fs";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesWith } from "./end-marked.ts";
import { isAlive, ownIdentity } from "./process-identity.ts";

/** The folders that this process has made. */
const folders: string[] = [];

/**
 * Makes a temporary folder that lasts as long as this process does. Its name says which process made it: if the process is killed, the next one that makes
 * such a folder for the same user removes it.
 * @param usedAs a variable that tells programs of the folder: the folder stays while a program that was told of it lives.
 */
export async function makeProcessFolder(prefix: string, usedAs: string): Promise<string> {
  const { pid, startTime, pidNamespace, bootId } = ownIdentity();
  const namespace = /\d+/.exec(pidNamespace)?.[0] ?? "";
  const folder = await mkdtemp(join(tmpdir(), `${prefix}-${pid}-${startTime}-${namespace}-${bootId}-`));
  if (folders.push(folder) === 1) {
    process.once("exit", removeOwn);
    await removeOfDead(prefix, usedAs);
  }
  return folder;
}

function removeOwn(): void {
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // This process has become another user since: a later process of the user that it was removes the folder.
    }
  }
}

/** Removes the folders of dead processes of this user. A folder that belongs to another user is left alone, whatever its name. */
async function removeOfDead(prefix: string, usedAs: string): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const dead = names.filter((name) => name.startsWith(`${prefix}-`) && isOfDead(name.slice(prefix.length + 1)));
  if (dead.length === 0) return;
  const inUse = new Set((await processesWith(usedAs)).map(({ variables }) => variables.get(usedAs)));
  for (const folder of dead.map((name) => join(tmpdir(), name))) {
    const found = await lstat(folder).catch(() => undefined);
    if (found?.isDirectory() !== true || found.uid !== process.geteuid?.() || inUse.has(folder)) continue;
    // Another process may remove the same folder at this moment.
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

function isOfDead(named: string): boolean {
  const [, pid, startTime = "", namespace, bootId = ""] = /^(\d+)-(\d+)-(\d+)-([\da-f-]{36})-\w{6}$/.exec(named) ?? [];
  if (pid === undefined) return false;
  const { host } = ownIdentity();
  return isAlive({ host, pid: Number(pid), startTime, pidNamespace: `pid:[${namespace}]`, bootId }) === false;
}
