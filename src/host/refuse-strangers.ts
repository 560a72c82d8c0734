import { statSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname } from "node:path";
import { PermissionDenied } from "../domain/errors.ts";
import { isDenied } from "../domain/is-denied.ts";
import { userNameOf } from "./accounts.ts";

/**
 * Only the owner of the state folder opens the store, or root. A member of the owner's group, too, would leave files there that shut the service out.
 * @throws PermissionDenied
 */
export function refuseStrangers(storeFile: string): void {
  const uid = process.getuid?.();
  if (uid === undefined || uid === 0) return;
  const [file, folder] = [look(storeFile), look(dirname(storeFile))];
  const owners = [file, folder].filter((each) => typeof each === "object").map((each) => each.uid);
  if (owners.includes(uid)) return;
  // A folder for everybody, like /tmp, takes a store that is not there yet; a folder that is not there yet may be made.
  if (file === "absent" && (folder === "absent" || (typeof folder === "object" && (folder.mode & 0o002) !== 0))) return;
  const [owner] = owners;
  const whose = owner === undefined ? "" : `belongs to user ${userNameOf(owner)} and `;
  throw new PermissionDenied(`the store ${storeFile} ${whose}is closed to you (${userNameOf(uid)})`);
}

function look(path: string): Stats | "absent" | "closed" {
  try {
    return statSync(path);
  } catch (error) {
    return isDenied(error) ? "closed" : "absent";
  }
}
