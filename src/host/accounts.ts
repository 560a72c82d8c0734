import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A user of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** A user by name or number; undefined when this machine knows no such user. */
export function accountOf(user: string | number): Account | undefined {
  const place = typeof user === "number" ? 2 : 0;
  const isMeant = (line: string): boolean => line.split(":")[place] === String(user);
  const line = readFileSync("/etc/passwd", "utf8").split("\n").find(isMeant) ?? askNameServices(String(user));
  const [name, , uid, gid, , home] = line.split(":");
  if (name === undefined || uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home || "/" };
}

/** The name of a user; undefined if this machine knows none. */
export function nameOfUser(uid: number): string | undefined {
  return accountOf(uid)?.name;
}

/** `ann`, or `1000` for a user without a name, as in containers. */
export function userNameOf(uid: number): string {
  return nameOfUser(uid) ?? String(uid);
}

/** The user that this process is now. */
export function thisUser(): string {
  const uid = process.getuid?.();
  return uid === undefined ? "?" : userNameOf(uid);
}

/** The number of a group; undefined if this machine knows no such group. */
export function groupIdOf(name: string): number | undefined {
  const lines = readFileSync("/etc/group", "utf8").split("\n");
  const line = lines.find((each) => each.split(":")[0] === name) ?? askNameServices(name, "group");
  const id = line.split(":")[2];
  return id === undefined ? undefined : Number(id);
}

/** Users and groups of LDAP and the like are not in /etc/passwd and /etc/group. */
function askNameServices(user: string, list: "passwd" | "group" = "passwd"): string {
  try {
    return execFileSync("getent", [list, "--", user], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    // Exit code 2: unknown there too. No getent: this machine knows no users but those of /etc/passwd.
    return "";
  }
}
