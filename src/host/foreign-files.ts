import { HostUnavailable } from "../domain/errors.ts";
import type { Account } from "./accounts.ts";
import { actingUser, actingUserOfEntry } from "./acting-user.ts";
import type { Files } from "./files.ts";
import { localFiles } from "./local-files.ts";
import { onBehalfOf } from "./on-behalf.ts";

type Streams = "read" | "write";
type Method = Exclude<keyof Files, Streams>;

/** Says which arguments of a method are paths, and whether a link at such a path is followed. */
const PATHS: Readonly<Record<Method, readonly ("entry" | "followed")[]>> = {
  exists: ["entry"],
  makeFolder: ["followed"],
  remove: ["entry"],
  rename: ["entry", "entry"],
  list: ["followed"],
  readLink: ["entry"],
  realPath: ["followed"],
  switchLink: ["entry"],
  readText: ["followed"],
  readInside: ["followed"],
  writeText: ["entry"],
  copy: ["followed", "entry"],
  rewriteText: ["followed"],
  createSecret: ["entry"],
  writeSecret: ["entry"],
  keep: ["entry", "entry"],
  permissions: ["followed"],
  size: ["entry"],
  freeBytes: ["followed"],
  isWritable: ["followed"],
  sync: ["followed"],
  give: ["entry"],
};

/**
 * The files of this machine. If this process is root, a process of the folder's owner does everything in a folder of another user. Streams are the exception:
 * they are for dumps and archives, which lie in folders of fraisier's own.
 */
export const foreignFiles: Files = {
  ...localFiles,
  ...(Object.fromEntries(Object.keys(PATHS).map((name) => [name, asOwner(name as Method)])) as unknown as Omit<
    Files,
    Streams
  >),
};

function asOwner(method: Method): (...args: readonly unknown[]) => Promise<unknown> {
  const local = localFiles[method] as (...args: readonly unknown[]) => Promise<unknown>;
  return async (...args) => {
    if (process.geteuid?.() !== 0) return await local(...args);
    const account = await ownerOf(method, args);
    return account === undefined ? await local(...args) : await onBehalfOf(account, { family: "files", method, args });
  };
}

async function ownerOf(method: Method, args: readonly unknown[]): Promise<Account | undefined> {
  const owners: (Account | undefined)[] = [];
  for (const [index, kind] of PATHS[method].entries()) {
    const path = String(args[index]);
    owners.push(await (kind === "entry" ? actingUserOfEntry(path) : actingUser(path)));
  }
  const [first, last] = [owners[0], owners.at(-1)];
  if (first?.uid !== last?.uid) {
    throw new HostUnavailable(
      `${String(args[0])} and ${String(args[1])} belong to different users (${nameOf(first)} and ${nameOf(last)})`,
      { hint: "fraisier moves nothing from one user's folder into another's: give both folders to one user." },
    );
  }
  return first;
}

function nameOf(account: Account | undefined): string {
  return account?.name ?? "root";
}
