import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { HostUnavailable } from "../domain/errors.ts";

/** The remedy for a missing program, if it is always the same. Debian's names. */
const INSTALL: Readonly<Record<string, string>> = {
  git: "Install it: apt-get install git",
  setpriv: "Install it: apt-get install util-linux",
  systemctl: "This machine has no systemd: use `manager: command` with commands of your own.",
  journalctl: "This machine has no systemd: use `manager: command` with commands of your own.",
  psql: "Install it: apt-get install postgresql-client",
  pg_dump: "Install it: apt-get install postgresql-client",
  pg_restore: "Install it: apt-get install postgresql-client",
  mysqldump: "Install it: apt-get install default-mysql-client",
  flock: "Install it: apt-get install util-linux",
  sqlite3: "Install it: apt-get install sqlite3",
  mysql: "Install it: apt-get install default-mysql-client",
  npm: "Install it: apt-get install npm, or put its folder on PATH.",
};

/** The folders that the system searches for programs when PATH is not set (execvp(3)). */
const DEFAULT_PATH = "/bin:/usr/bin";

/** Turns what `spawn` says into an error that names the program (or the folder) and what to do. */
export async function cannotStart(
  program: string,
  cwd: string | undefined,
  cause: NodeJS.ErrnoException,
): Promise<HostUnavailable> {
  if (cwd !== undefined && !(await isFolder(cwd))) {
    return new HostUnavailable(`cannot start ${program}: there is no folder ${cwd}`, { cause });
  }
  // execvp(3) says EACCES too when it found none and could not look into a folder of PATH.
  const isSearched = !program.includes("/");
  if (cause.code === "ENOENT" || (cause.code === "EACCES" && isSearched)) return missingProgram(program, cause);
  if (cause.code === "EACCES") {
    return new HostUnavailable(`cannot start ${program}: permission denied`, {
      cause,
      hint: `Is it executable? chmod +x ${program}`,
    });
  }
  return new HostUnavailable(`cannot start ${program}: ${cause.message}`, { cause });
}

export function missingProgram(program: string, cause?: unknown): HostUnavailable {
  const hint = INSTALL[program] ?? "Is it installed, and is its folder on PATH of the environment the command runs in?";
  return new HostUnavailable(`there is no program ${program} on this machine`, { hint, cause });
}

/** The first executable file of that name on PATH, or below `cwd` where the name has a slash; undefined when there is none. */
export async function findProgram(name: string, path = DEFAULT_PATH, cwd = "."): Promise<string | undefined> {
  const candidates = name.includes("/")
    ? [resolve(cwd, name)]
    : path.split(delimiter).map((folder) => join(folder, name));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here, or not executable: the next folder, as execvp(3) does.
    }
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return access(join(path, ".")).then(
    () => true,
    () => false,
  );
}
