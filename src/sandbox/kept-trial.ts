import { closeSync, constants, fstatSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A machine may forbid sandboxes by something that is not looked at here, such as a profile of AppArmor: a success is believed for so long. */
const BELIEVED_MS = 3_600_000;

/** More than is ever written here. */
const MAX_BYTES = 16_384;

/**
 * A file of the state folder by which commands that only look know that this machine makes sandboxes, without making one each time. Only a success is kept,
 * and no command of a repository relies on it: what is started in a sandbox is started in one, or fails.
 */
export interface KeptTrial {
  /** Whether these programs made a sandbox for this user within the last hour, in the circumstances of this moment. */
  isKnown(): boolean;
  /** Keeps that they just did. A folder that takes no file is no reason to fail. */
  keep(): void;
}

/** @param programs those that make the sandbox: another program at their paths has not been tried. */
export function keptTrial(stateDirectory: string, programs: readonly string[]): KeptTrial {
  const file = join(stateDirectory, "sandbox-trial");
  return {
    isKnown: () => read(file) === circumstances(programs),
    keep() {
      const part = `${file}.part-${process.pid}`;
      try {
        writeFileSync(part, circumstances(programs), { mode: 0o600, flag: "wx" });
        renameSync(part, file);
      } catch {
        // The next look tries it again.
      }
    },
  };
}

/** The text of the file, if only this user can have written it, and within the hour. */
function read(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(descriptor);
    const age = Date.now() - stats.mtimeMs;
    const isOurs = stats.isFile() && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0;
    if (!isOurs || stats.size > MAX_BYTES || age < 0 || age > BELIEVED_MS) return undefined;
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

/** Everything that is known to decide whether a sandbox can be made: the boot, the user, the programs, the kernel's settings, and the bounds of this process. */
function circumstances(programs: readonly string[]): string {
  const settings = ["unprivileged_userns_clone", "apparmor_restrict_unprivileged_userns"].map(
    (name) => `kernel/${name}`,
  );
  const status = text("/proc/self/status").match(/^(?:NoNewPrivs|Seccomp|CapBnd|CapEff):.*$/gm) ?? [];
  return JSON.stringify([
    text("/proc/sys/kernel/random/boot_id"),
    process.getuid?.(),
    ...programs.map((path) => [path, identityOf(path)]),
    ...[...settings, "user/max_user_namespaces"].map((name) => text(`/proc/sys/${name}`)),
    text("/proc/self/attr/current"),
    ...status,
  ]);
}

/** Another file at the same path, or another content of it, has another one. */
function identityOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.ino} ${stats.size} ${stats.ctimeNs}`;
}

/** Empty for a file that this kernel does not have. */
function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
