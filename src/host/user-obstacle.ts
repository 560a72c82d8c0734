import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { FraisierError, HostUnavailable } from "../domain/errors.ts";
import { doorOf, doorUnit } from "../domain/user-door.ts";
import { userNameOf } from "./accounts.ts";
import type { Account } from "./accounts.ts";
import { findAccount } from "./find-account.ts";

/** Why commands cannot run as a user, and what to do about it. */
export interface UserObstacle {
  readonly problem: string;
  readonly hint: string;
}

const READABLE = 0o2050;
const WRITABLE = 0o2070;

/**
 * Why a fraisier that runs as the user with the number `service` cannot have commands run as `user`; undefined if it can. Nothing is started.
 */
export async function userObstacle(user: string, service = process.getuid?.()): Promise<UserObstacle | undefined> {
  try {
    const account = await findAccount(user);
    return service === undefined || service === 0 || service === account.uid
      ? undefined
      : await doorObstacle(account, service);
  } catch (error) {
    if (!(error instanceof FraisierError)) throw error;
    return { problem: error.message, hint: error.hint ?? "" };
  }
}

/** The socket at which systemd starts commands of this user for this process. @throws HostUnavailable if root has not made one. */
export async function openDoor(account: Account): Promise<string> {
  const obstacle = await doorObstacle(account, process.getuid?.() ?? 0);
  if (obstacle !== undefined) throw new HostUnavailable(obstacle.problem, { hint: obstacle.hint });
  return doorOf(account.name) ?? "";
}

async function doorObstacle({ name, uid }: Account, service: number): Promise<UserObstacle | undefined> {
  const problem = `commands cannot run as ${name}: fraisier runs as ${userNameOf(service)} here`;
  if (uid === 0)
    return {
      problem: `${problem}, which may never become root`,
      hint: "Take `user: root` away; docs/security.md (In place of sudo) says what to write instead.",
    };
  const door = doorOf(name);
  if (door === undefined)
    return { problem: `${problem}, and no unit of systemd can have this name`, hint: "Name another user." };
  const found = await stat(door).catch(() => undefined);
  if (found?.isSocket() === true && found.uid === service) return undefined;
  return {
    problem: `${problem}, and ${doorUnit(name)}.socket ${found === undefined ? "does not listen" : "belongs to another user"}`,
    hint: "Let systemd start commands as that user: sudo fraisier privileges install",
  };
}

/**
 * Why commands that run as `user` cannot work in a folder of fraisier's: they reach it by its group. Undefined if they can, if there is no such folder, and if fraisier runs as root.
 * @param needs whether they must write in the folder itself, or only in folders that are made there.
 */
export async function folderObstacle(
  user: string,
  folder: string,
  needs: "read" | "write",
  service = process.getuid?.() ?? 0,
): Promise<UserObstacle | undefined> {
  const account = await findAccount(user);
  const found = await stat(folder).catch(() => undefined);
  if (service === 0 || account.uid === service || found === undefined) return undefined;
  const wanted = needs === "write" ? WRITABLE : READABLE;
  const groups = await groupsOf(account);
  if (groups.includes(found.gid) && (found.mode & wanted) === wanted) return undefined;
  const owner = `${userNameOf(service)}:$(id -gn ${account.name})`;
  return {
    problem: `commands that run as ${account.name} cannot work in ${folder}: it needs a group of that user, and mode ${needs === "write" ? "2770" : "2750"}`,
    hint: `sudo chown -R ${owner} ${folder} && sudo find ${folder} -name .git -prune -o -type d -exec chmod ${needs === "write" ? "g+rwxs" : "g+rxs"} {} +`,
  };
}

async function groupsOf({ name, gid }: Account): Promise<readonly number[]> {
  try {
    return (await promisify(execFile)("id", ["-G", "--", name])).stdout.trim().split(" ").map(Number);
  } catch {
    // Without id(1), or for a user without a name, at least this one is known.
    return [gid];
  }
}
