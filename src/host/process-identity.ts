import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Names one process for ever: a pid alone is given out again. */
export interface ProcessIdentity {
  readonly host: string;
  readonly bootId: string;
  readonly pid: number;
  /** Clock ticks since boot when it started, as /proc/<pid>/stat field 22 says. */
  readonly startTime: string;
  /** The namespace that gave the pid: containers may share host name and boot id. */
  readonly pidNamespace: string;
}

/** The parts of this process's identity that never change. The dispatcher asks for them many times a second. */
let own: Omit<ProcessIdentity, "host"> | undefined;

export function ownIdentity(): ProcessIdentity {
  return { host: hostname(), ...ownParts() };
}

function ownParts(): Omit<ProcessIdentity, "host"> {
  if (own !== undefined) return own;
  const { pid } = process;
  const startTime = startTimeOf(pid);
  if (startTime === undefined) throw new Error("/proc is not mounted: fraisier needs it to tell processes apart");
  own = { bootId: readBootId(), pid, startTime, pidNamespace: readlinkSync("/proc/self/ns/pid") };
  return own;
}

/**
 * Whether a process lives; `undefined` for a process of another machine or container, as that cannot be seen from here. A boot id alone does not make a process
 * dead: LXC and systemd-nspawn put a container's own over /proc/sys/kernel/random/boot_id, and a unit with ProtectKernelTunables= or ProtectControlGroups=
 * sees the machine's there.
 */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.host !== hostname()) return undefined;
  if (identity.pidNamespace === ownParts().pidNamespace) return identity.startTime === startTimeOf(identity.pid);
  return identity.bootId === ownParts().bootId ? undefined : false;
}

/** Whether a signal has stopped a process (SIGSTOP, Ctrl-Z): it does nothing until another one lets it go on. */
export function isStopped(pid: number): boolean {
  return statOf(pid)?.[0] === "T";
}

function readBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function startTimeOf(pid: number): string | undefined {
  const fields = statOf(pid);
  // A zombie is dead: only its parent has not looked yet.
  return fields?.[0] === "Z" || fields?.[0] === "X" ? undefined : fields?.[19];
}

/** The fields of /proc/<pid>/stat from the third one on, the state; undefined if there is no such process. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name stands in brackets and may hold anything, brackets too: what counts comes after the last one.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
