import { constants, createReadStream } from "node:fs";
import {
  access,
  chmod,
  lstat,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  statfs,
  symlink,
  unlink,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FraisierError, HostUnavailable } from "../domain/errors.ts";
import { keptFile } from "./become-owner.ts";
import { readInside } from "./read-inside.ts";
import type { Files } from "./files.ts";
import { give, makeFolder } from "./make-folder.ts";
import {
  copySynced,
  createSecret,
  keep,
  replace,
  rewrite,
  syncFolder,
  writeSecret,
  writeStream,
  writeText,
} from "./replace-file.ts";
import { syncTree } from "./sync-tree.ts";

/** Files of this machine. Errors of the file system become HostUnavailable: path, what went wrong, what to do. */
export const localFiles: Files = {
  exists: (path) => explained(`look at ${path}`, async () => (await absent(lstat(path))) !== undefined),
  makeFolder: (path, mode, like) => explained(`make the folder ${path}`, () => makeFolder(path, mode, like)),
  remove: (path) => explained(`remove ${path}`, () => removeTree(resolve(path))),
  rename: (from, to) =>
    explained(`rename ${from} to ${to}`, async () => {
      await rename(from, to);
      await syncFolder(dirname(to));
      if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
    }),
  list: (path) => explained(`list ${path}`, async () => ((await absent(readdir(path))) ?? []).toSorted()),
  readLink: (path) => explained(`read the link ${path}`, () => readLink(path)),
  realPath: (path) => realpath(path).catch(() => undefined),
  switchLink: (path, to) =>
    explained(`switch the link ${path}`, () => replace(path, (temporary) => symlink(to, temporary))),
  readText: (path) =>
    explained(`read ${path}`, async () => keptFile(path)?.text ?? (await absent(readFile(path, "utf8")))),
  readInside: (path, folders) => explained(`read ${path}`, () => readInside(path, folders)),
  give: (folder, user) => explained(`give ${folder} to ${user}`, () => give(folder, user)),
  writeText: (path, text, mode = 0o644) => explained(`write ${path}`, () => writeText(path, text, mode)),
  copy: (from, to) =>
    explained(`copy ${from} to ${to}`, async () => {
      const link = await readLink(from);
      if (link !== undefined) await replace(to, (temporary) => symlink(link, temporary));
      else await replace(to, (temporary) => copySynced(from, temporary));
    }),
  rewriteText: (path, text) => explained(`write ${path}`, () => rewrite(path, text)),
  createSecret: (path, text) => explained(`make ${path}`, () => createSecret(path, text)),
  writeSecret: (path, text, user) => explained(`write ${path}`, () => writeSecret(path, text, user)),
  keep: (path, as) => explained(`keep ${path} as ${as}`, () => keep(path, as)),
  permissions: (path) =>
    explained(`look at ${path}`, async () => permissionsIn(keptFile(path) ?? (await absent(stat(path))))),
  size: (path) => explained(`look at ${path}`, async () => (await absent(lstat(path)))?.size),
  read: (path) => createReadStream(path),
  write: (path, mode) => writeStream(path, mode),
  freeBytes: (path) =>
    explained(`ask for the free space at ${path}`, async () => {
      const { bavail, bsize } = await statfs(await nearestExisting(path));
      return bavail * bsize;
    }),
  isWritable: (path) => explained(`look at ${path}`, async () => canWrite(await nearestExisting(path))),
  sync: (path, { deep = false } = {}) =>
    explained(`write ${path} to disk`, () => (deep ? syncTree(path) : syncFolder(path))),
};

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full: make room there.",
  EDQUOT: "The quota is used up: make room there.",
  EACCES: "The user that fraisier runs as may not do that there.",
  EPERM: "The user that fraisier runs as may not do that.",
  EROFS: "It lies on a file system mounted read-only; under systemd, see ReadWritePaths= of the unit.",
};

async function explained<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof FraisierError || !(cause instanceof Error)) throw cause;
    const hint = HINTS[(cause as NodeJS.ErrnoException).code ?? ""];
    throw new HostUnavailable(`cannot ${what}: ${cause.message}`, hint === undefined ? { cause } : { cause, hint });
  }
}

/** Undefined where there is nothing of that name. */
async function absent<Result>(question: Promise<Result>): Promise<Result | undefined> {
  try {
    return await question;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function permissionsIn(stats: { readonly mode: number } | undefined): number | undefined {
  return stats === undefined ? undefined : stats.mode & 0o7777;
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    return await absent(readlink(path));
  } catch (error) {
    // It is something else than a link.
    if ((error as NodeJS.ErrnoException).code === "EINVAL") return undefined;
    throw error;
  }
}

async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM" && code !== "ENOTEMPTY") throw error;
    // Read-only folders, as Go's module cache has them: their owner may still change that.
    await makeFoldersWritable(path);
    await rm(path, { recursive: true, force: true }).catch(async (last: NodeJS.ErrnoException) => {
      // rm() reports ENOTDIR for a file that it may not delete; unlink() throws the real reason.
      if (last.code === "ENOTDIR" && last.path !== undefined) await unlink(last.path);
      throw last;
    });
  }
}

async function makeFoldersWritable(path: string): Promise<void> {
  const found = await lstat(path);
  if (!found.isDirectory()) return;
  // The rights of others stay: users whose commands work in a release help to remove it.
  await chmod(path, (found.mode & 0o7777) | 0o700);
  for (const name of await readdir(path)) await makeFoldersWritable(join(path, name));
}

async function nearestExisting(path: string): Promise<string> {
  const absolute = resolve(path);
  return (await absent(lstat(absolute))) !== undefined || absolute === "/"
    ? absolute
    : nearestExisting(dirname(absolute));
}

async function canWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
