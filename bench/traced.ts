import { readFileSync } from "node:fs";

/** The calls of the kernel that are looked for, and their place in the log of strace. */
export const TRACED = "execve,clone,clone3,fork,vfork,fsync,fdatasync";

/** The arguments of strace before the program: the traced program keeps the pid that was started, and every process that it starts is followed. */
export function straceArguments(log: string): readonly string[] {
  return ["-D", "-f", "-qq", "-y", "-s", "4096", "-e", `trace=${TRACED}`, "-e", "signal=none", "-o", log];
}

export interface Traced {
  /** The paths of the programs that were started. */
  readonly programs: readonly string[];
  /** How many processes were made; threads are none. */
  readonly forks: number;
  /** The paths of files that were synced. */
  readonly synced: readonly string[];
}

/** Pure: the calls in a log of strace that succeeded. A call that was interrupted by another process stands on two lines. */
export function readTrace(text: string): Traced {
  const begun = new Map<string, string>();
  const programs: string[] = [];
  const synced: string[] = [];
  let forks = 0;
  const count = (call: string): void => {
    if (/\) += -1 /.test(call)) return;
    const [, name = "", rest = ""] = /^(\w+)\((.*)$/s.exec(call) ?? [];
    if (name === "execve") programs.push(/^"((?:[^"\\]|\\.)*)"/.exec(rest)?.[1] ?? "");
    else if (name === "fsync" || name === "fdatasync") synced.push(/^\d+<([^>]*)>/.exec(rest)?.[1] ?? "");
    else if (name !== "" && !rest.includes("CLONE_THREAD")) forks += 1;
  };
  for (const line of text.split("\n")) {
    const [, pid = "", call = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(call)?.[1];
    if (call.endsWith("<unfinished ...>")) begun.set(pid, call.slice(0, -"<unfinished ...>".length));
    else if (resumed !== undefined) count(`${begun.get(pid) ?? ""}${resumed}`);
    else count(call);
  }
  return { programs, forks, synced };
}

/** The calls that a log has got behind its first characters. */
export function traceAfter(log: string, from: number): Traced {
  return readTrace(readFileSync(log, "utf8").slice(from));
}
