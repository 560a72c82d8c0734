import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolder } from "../helpers/remove-folder.ts";

/** A moment inside a program: right after this call of the system by one of its processes. */
export interface ProgramPoint {
  /** `git fetch`: the program, and its verb if it has one. */
  readonly call: string;
  /** Which start of this call by one runner, from 1. */
  readonly start: number;
  readonly syscall: string;
  /** Which of these calls of one process, from 1. */
  readonly count: number;
}

/** A program that stands still at a point. */
export interface HeldProgram {
  /** The process that was started by the runner. */
  readonly program: number;
  /** The process that stands still: the program itself, or one that it started. */
  readonly held: number;
  readonly runner: number;
}

/** A program that may be stopped in the middle. */
export interface WatchedProgram {
  readonly path: string;
  /** A shell script: stopped whenever it has started a command of its own. It takes its own place, as it is not found by PATH. */
  readonly isScript?: boolean;
}

/** Real programs, started through wrappers that write down what they change, or that stop them in the middle. */
export interface HeldPrograms {
  /** For PATH, before everything else. */
  readonly folder: string;
  /** From now on the programs of runners write down what they change. */
  record(): void;
  /** What was written down since `record()`, in the order of the starts; throws if a program is still being watched. */
  recorded(): readonly ProgramPoint[];
  /** The next program of a runner that comes to this point stops there. */
  holdAt(point: ProgramPoint): void;
  held(): HeldProgram | undefined;
  /** Programs run as ever again. One that was stopped stays so. */
  letGo(): void;
}

/** Calls that change what other processes see: files, and what is sent to a server. */
const CHANGES =
  "openat,write,writev,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,mkdir,mkdirat,rmdir,chmod,sendto,sendmsg";
/** Calls by which a shell goes on to its next command. */
const STARTS = "fork,vfork,clone,clone3";

/** Whether processes can be watched here; says loudly what is not tested if not. */
export const canHoldPrograms = ((): boolean => {
  try {
    execFileSync("strace", ["-D", "-f", "-qq", "-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    console.warn("NOT TESTED: deaths inside programs. They need strace(1), and a kernel that allows it");
    return false;
  }
})();

/** @param programs by name, as the names of points have it and as it is found on PATH. */
export function holdPrograms(scenarioFolder: string, programs: Readonly<Record<string, WatchedProgram>>): HeldPrograms {
  const folder = join(scenarioFolder, "held-programs");
  const state = join(scenarioFolder, "held-programs-state");
  mkdirSync(folder, { recursive: true });
  const order = join(state, "order");
  const clear = (): void => {
    removeFolder(state);
    mkdirSync(state);
    // Programs of other users write here, too.
    execFileSync("chmod", ["777", state]);
  };
  clear();
  for (const [name, { path, isScript = false }] of Object.entries(programs)) {
    const real = isScript ? `${path}.real` : path;
    if (isScript) renameSync(path, real);
    writeFileSync(isScript ? path : join(folder, name), wrapper({ name, real, state, isScript }), { mode: 0o755 });
  }
  return {
    folder,
    record() {
      clear();
      writeFileSync(order, "record\n");
    },
    recorded() {
      const logs = readdirSync(state).filter((name) => name.startsWith("log."));
      return logs.toSorted((a, b) => startOf(state, a) - startOf(state, b)).flatMap((log) => pointsIn(state, log));
    },
    holdAt({ call, start, syscall, count }) {
      clear();
      writeFileSync(order, ["hold", call, start, syscall, count].join("\t"));
    },
    held() {
      const log = join(state, "held");
      const stopped = existsSync(log) ? /^(\d+ +)?--- stopped by SIGSTOP/m.exec(readFileSync(log, "utf8")) : null;
      if (stopped === null) return undefined;
      const [program = 0, runner = 0] = readFileSync(join(state, "holder"), "utf8").trim().split(" ").map(Number);
      return { program, runner, held: stopped[1] === undefined ? program : Number(stopped[1]) };
    },
    letGo: () => rmSync(order, { force: true }),
  };
}

interface WrapperParts {
  readonly name: string;
  readonly real: string;
  readonly state: string;
  readonly isScript: boolean;
}

/**
 * The wrapper becomes the program itself (`strace -D`), so that the runner sees its own child with its own process id. Programs that are not started by a
 * runner are not watched.
 */
function wrapper({ name, real, state, isScript }: WrapperParts): string {
  // What a script starts may outlive it, and must not be watched then.
  const watch = `exec strace -D ${isScript ? "" : "-f "}-q`;
  const calls = isScript ? STARTS : CHANGES;
  return `#!/bin/sh
[ -e ${state}/order ] || exec ${real} "$@"
runner=$PPID
until case $(tr '\\0' ' ' < /proc/$runner/cmdline) in *main.*" run "*) true ;; *) false ;; esac; do
  runner=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$runner/status 2>/dev/null)
  [ "\${runner:-1}" -gt 1 ] || exec ${real} "$@"
done
call=${name}
for word; do
  case $word in -* | *[!a-z-]*) ;; *) call="${name} $word" && break ;; esac
done
start=1
until mkdir "${state}/start.$call.$start" 2>/dev/null; do start=$((start + 1)); done
IFS='	' read -r what held_call held_start syscall count < ${state}/order
case $what in
  record)
    date +%s%N > "${state}/begun.$call.$start"
    ${watch} -y -s 0 -o "${state}/log.$call.$start" -e trace=${calls} ${real} "$@" ;;
  hold)
    [ "$call $start" = "$held_call $held_start" ] || exec ${real} "$@"
    echo "$$ $runner" > ${state}/holder
    ${watch} -o ${state}/held -e trace="$syscall" -e inject="$syscall:signal=STOP:when=$count" ${real} "$@" ;;
esac
exec ${real} "$@"
`;
}

function startOf(state: string, log: string): number {
  return Number(readFileSync(join(state, log.replace("log.", "begun.")), "utf8"));
}

/** What a program changed: each call of each of its processes, by how often that process had made the call. */
function pointsIn(state: string, log: string): readonly ProgramPoint[] {
  const [, call = "", start = ""] = /^log\.(.*)\.(\d+)$/.exec(log) ?? [];
  const counts = new Map<string, number>();
  const points = new Map<string, ProgramPoint>();
  for (const line of readFileSync(join(state, log), "utf8").split("\n")) {
    const [, pid = "", syscall = "", rest = ""] = /^(\d+ +)?(\w+)\((.*)$/.exec(line) ?? [];
    if (syscall === "") continue;
    const count = (counts.get(`${pid} ${syscall}`) ?? 0) + 1;
    counts.set(`${pid} ${syscall}`, count);
    if (changesSomething(syscall, rest))
      points.set(`${syscall}#${count}`, { call, start: Number(start), syscall, count });
  }
  return [...points.values()];
}

function changesSomething(syscall: string, rest: string): boolean {
  if (/ = -1 E/.test(rest)) return false;
  if (syscall === "openat") return rest.includes("O_CREAT");
  // To a terminal or a pipe: only the runner sees it.
  return /^(write|writev|pwrite64|ftruncate|fsync|fdatasync)$/.test(syscall) ? /^\d+<\/(?!dev\/)/.test(rest) : true;
}
