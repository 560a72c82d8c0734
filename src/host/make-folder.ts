import { constants } from "node:fs";
import { chmod, mkdir, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { findAccount } from "./find-account.ts";

/** Makes a folder and its parents. Folders that root makes go to the owner of `like`: `sudo fraisier …` must not shut the daemon out. */
export async function makeFolder(path: string, mode: number | undefined, like: string | undefined): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (mode !== undefined) await chmod(path, mode);
  if (first === undefined || like === undefined || process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(like);
  const top = resolve(first);
  for (let each = resolve(path); each.length >= top.length; each = dirname(each)) {
    // A user who may write to the parent could have put a link in its place meanwhile.
    await using folder = await open(each, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    await folder.chown(uid, gid);
  }
}

/** Only a folder that is root's, so that nothing of another user changes hands; what lies in it stays whose it is. */
export async function give(path: string, user: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const account = await findAccount(user);
  await using folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  if ((await folder.stat()).uid === 0) await folder.chown(account.uid, account.gid);
}
