import { chmodSync, chownSync, existsSync, renameSync, statSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Server } from "node:net";
import { basename, dirname, join } from "node:path";
import { HostUnavailable } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";

/** A unix socket of this process that has its final name. */
export interface LocalSocket {
  /** Why the group cannot use it; undefined if it can. */
  readonly closedToGroup: string | undefined;
  /** Takes the name away, unless another process has put a socket of its own there. */
  remove(): void;
}

/** The kernel keeps no longer path for a socket. */
const LONGEST_PATH = 107;

/**
 * Makes a server listen on a unix socket for its own user and a group, and for no other user at any moment. The socket gets its mode and group under a name of its
 * own, and then the final name in one rename. So a socket that a killed daemon left is replaced. A process that may not change groups (fraisier.service) makes the
 * socket in the folder beside it that is named like the group, if there is one: what is made there belongs to the folder's group. @param gid undefined if this machine
 * has no such group.
 * @throws HostUnavailable if a living process listens there, or the socket cannot be made.
 */
export async function listenLocally(
  server: Server,
  path: string,
  { name, gid }: { readonly name: string; readonly gid: number | undefined },
): Promise<LocalSocket> {
  const own = `${placeFor(path, name)}.${process.pid}`;
  if (Buffer.byteLength(own) > LONGEST_PATH)
    throw new HostUnavailable(`${path} is too long for the path of a socket`, {
      hint: "Name a shorter one: at most 75 bytes.",
    });
  if (await isListening(path))
    throw new HostUnavailable(`another process listens on ${path}`, {
      hint: "Another fraisier may be running. Stop it, or name other sockets under server: in fraises.yaml.",
    });
  try {
    await bind(server, own);
    const closedToGroup = openToGroup(own, name, gid);
    const { ino } = statSync(own);
    renameSync(own, path);
    return { closedToGroup, remove: () => removeOwn(path, ino) };
  } catch (error) {
    server.close();
    throw new HostUnavailable(`cannot listen on ${path}: ${messageOf(error)}`, {
      hint: "Its folder must be there, and the user fraisier must be able to write to it.",
      cause: error,
    });
  }
}

/** The path under which a socket is made. */
function placeFor(path: string, group: string): string {
  const prepared = join(dirname(path), group);
  return existsSync(prepared) ? join(prepared, basename(path)) : path;
}

async function isListening(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => resolve(true));
    probe.once("error", () => resolve(false));
    probe.once("connect", () => probe.destroy());
  });
}

async function bind(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // The socket is made within this call: no other user can connect before it has its mode.
    const before = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(before);
  });
}

/** Why the group cannot use the socket; undefined if it can. */
function openToGroup(path: string, name: string, gid: number | undefined): string | undefined {
  if (gid === undefined) return `this machine has no group ${name}`;
  try {
    if (statSync(path).gid !== gid) chownSync(path, process.geteuid?.() ?? -1, gid);
    chmodSync(path, 0o660);
    return undefined;
  } catch (error) {
    return `this process may not give it to the group ${name} (${messageOf(error)})`;
  }
}

function removeOwn(path: string, ino: number): void {
  try {
    if (statSync(path).ino === ino) unlinkSync(path);
  } catch {
    // It is gone already, or its folder is.
  }
}
