import { realpathSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname, resolve } from "node:path";
import { PermissionDenied, UsageError } from "../../domain/errors.ts";
import type { Environment } from "./variables.ts";

/** The file of an installed fraisier: a file of the same name in the current folder never takes its place by accident. */
export const INSTALLED_CONFIG = "/etc/fraisier/fraises.yaml";

export interface Places {
  readonly installed: string;
  readonly folder: string;
  /** The user whose trust is asked for. */
  readonly uid: number | undefined;
}

/**
 * The configuration file: what `--config` says, else `$FRAISIER_CONFIG`, else the installed one, else ./fraises.yaml. If a person has not named the
 * file, it must be one that only root and this user can have written, as it may name commands.
 * @throws UsageError that says where it looked; PermissionDenied when a place may not be looked at, as it is unknown then whether the file is there.
 */
export function findConfig(
  explicit: string | undefined,
  env: Environment = process.env,
  places: Places = { installed: INSTALLED_CONFIG, folder: process.cwd(), uid: process.getuid?.() },
): string {
  if (explicit !== undefined) return mustBeThere(explicit, "Give --config the path of a fraises.yaml.");
  const ofVariable = env["FRAISIER_CONFIG"] ?? "";
  if (ofVariable !== "") return mustBeThere(ofVariable, "$FRAISIER_CONFIG names it.");
  const local = resolve(places.folder, "fraises.yaml");
  const remedy = `--config ${local} names another one.`;
  // A file that root put into /etc is for the service's user to read; root itself checks who could have changed it.
  if (look(places.installed, isThere(local) ? remedy : "") !== undefined)
    return found(places.uid === 0 ? notForeign(places.installed, places.uid) : places.installed);
  if (look(local, "") !== undefined) return found(notForeign(local, places.uid));
  throw new UsageError("no fraises.yaml was found", {
    hint: `Looked at --config, $FRAISIER_CONFIG, ${places.installed} and ${local}. The commented example comes with fraisier. To ask the fraisier of another machine: fraisier login https://…`,
  });
}

/** @throws UsageError */
function mustBeThere(named: string, hint: string): string {
  if (look(named, "") !== undefined) return found(resolve(named));
  throw new UsageError(`there is no ${named}`, { hint });
}

let listener: (file: string) => void = () => {};

/** Calls back with each file that is found, so that the command line can say which one it is. */
export function onConfigFound(tell: (file: string) => void): void {
  listener = tell;
}

function found(file: string): string {
  listener(file);
  return file;
}

/** Undefined for a path that does not exist. @throws PermissionDenied */
function look(path: string, remedy: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "EACCES" || code === "EPERM")
      throw new PermissionDenied(`this user may not read ${path}`, {
        ...(remedy === "" ? {} : { hint: `Run it with sudo; or ${remedy}` }),
        cause: error,
      });
    throw error;
  }
}

function isThere(path: string): boolean {
  try {
    return look(path, "") !== undefined;
  } catch {
    // It only decides whether a hint names the file.
    return false;
  }
}

/** @throws UsageError if somebody else could have written the file: it could hold commands that would run as this user. */
function notForeign(file: string, uid: number | undefined): string {
  if (uid === undefined) return file;
  const real = realpathSync(file);
  for (const path of new Set([real, dirname(real), dirname(file)])) {
    const why = foreignBecause(statSync(path), uid);
    if (why === undefined) continue;
    const what = path === real ? file : `the folder ${path} of ${file}`;
    throw new UsageError(`${file} is not read without being named: ${path === real ? "it" : what} ${why}`, {
      hint: `If you trust it: --config ${file}`,
    });
  }
  return file;
}

/** A group of the owner's own number (a private group) and the group root do not count as others. */
function foreignBecause({ uid: owner, gid, mode }: Stats, uid: number): string | undefined {
  if (owner !== 0 && owner !== uid) return `belongs to user ${owner}`;
  if ((mode & 0o002) !== 0) return "may be written by everybody";
  if ((mode & 0o020) !== 0 && gid !== 0 && gid !== owner) return `may be written by the group ${gid}`;
  return undefined;
}
