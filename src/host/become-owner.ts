import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
} from "node:fs";
import { userInfo } from "node:os";
import { PermissionDenied } from "../domain/errors.ts";
import { accountOf } from "./accounts.ts";
import type { Account } from "./accounts.ts";

/** Owns the state folder of an installed fraisier. */
const SERVICE_USER = "fraisier";

let asker: string | undefined;
/** Files that root read before it became another user. */
const kept = new Map<string, { readonly text: string; readonly mode: number }>();

/** Reads a file that the service's user may not read, so that it can be read once root has become that user. */
export function keepReadable(path: string): void {
  const { uid, mode } = statSync(path, { throwIfNoEntry: false }) ?? { uid: undefined, mode: 0 };
  if (uid === 0) kept.set(path, { text: readFileSync(path, "utf8"), mode });
}

export function keptFile(path: string): { readonly text: string; readonly mode: number } | undefined {
  return kept.get(path);
}

/** The user who started this process: `root`, also once it has become the service's user. */
export function userAtStart(): string {
  return asker ?? nameOfThisUser();
}

/**
 * Root becomes the owner of the state folder, the service's user, for the rest of this process: what it makes then belongs to the service, and
 * commands of repositories do not run as root. If root owns the folder, root stays root. If there is no folder yet, the user `fraisier` gets one,
 * if there is such a user. Every other user stays who they are.
 * @returns whom it became; undefined when it stayed who it was.
 * @throws PermissionDenied when that user could not read this program.
 */
export function becomeOwner(stateFolder: string): Account | undefined {
  if (process.getuid?.() !== 0 || process.setuid === undefined) return undefined;
  const owner = ownerOf(stateFolder);
  if (owner === undefined || owner.uid === 0) return undefined;
  asker = nameOfThisUser();
  takeGroupsOf(owner);
  process.setuid(owner.uid);
  adjustEnvironment(owner);
  // The folder in which root stood may be closed to the service's user: programs that it starts would fail there.
  if (!may(process.cwd(), constants.X_OK)) process.chdir(existsSync(stateFolder) ? stateFolder : "/");
  refuseClosedProgram(owner);
  return owner;
}

/** The groups must be taken before the user: once the user has changed, they may no longer be changed. */
function takeGroupsOf({ uid, name, gid }: Account): void {
  if (accountOf(uid) === undefined) process.setgroups?.([gid]);
  else initgroups(name, gid);
  process.setgid?.(gid);
}

/** @throws PermissionDenied if this process, as the user that it has become, could not read its own program. */
function refuseClosedProgram({ name }: Account): void {
  const program = process.argv[1] ?? process.execPath;
  const closed = [process.execPath, program].find((path) => !may(path, constants.R_OK));
  if (closed === undefined) return;
  throw new PermissionDenied(`fraisier acts as user ${name} here, who may not read its program ${closed}`, {
    hint: "Install fraisier where every user may read it: below /usr/lib or /opt, not in a home folder.",
  });
}

function ownerOf(folder: string): Account | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) {
    const service = accountOf(SERVICE_USER);
    if (service !== undefined) makeFolderFor(service, folder);
    return service;
  }
  const { uid, gid } = stats;
  // A user without a name, as in containers, lives in the state folder.
  return accountOf(uid) ?? { name: String(uid), uid, gid, home: folder };
}

/** The folder itself only: a path that is wrong higher up is a mistake to show, not to build. */
function makeFolderFor({ uid, gid }: Account, folder: string): void {
  try {
    mkdirSync(folder, 0o750);
  } catch {
    // The store cannot be opened then, and says why.
    return;
  }
  // A user who may write to the parent could have put a link in its place meanwhile.
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    fchmodSync(descriptor, 0o750);
    fchownSync(descriptor, uid, gid);
  } finally {
    closeSync(descriptor);
  }
}

/** Node has it on every system with users; its types forget it. */
function initgroups(user: string, group: number): void {
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(user, group);
}

/** Variables that name the user or belong to the user; sessions and agents of root are not the service's. */
function adjustEnvironment({ uid, name, home }: Account): void {
  Object.assign(process.env, { HOME: home, USER: name, LOGNAME: name });
  for (const variable of [
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
  ])
    delete process.env[variable];
  const runtime = `/run/user/${uid}`;
  if (existsSync(runtime)) process.env["XDG_RUNTIME_DIR"] = runtime;
  else delete process.env["XDG_RUNTIME_DIR"];
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function nameOfThisUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A uid without an entry in /etc/passwd, as in containers.
    return `uid ${process.getuid?.() ?? "?"}`;
  }
}
