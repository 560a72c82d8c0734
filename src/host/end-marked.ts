import { readFile, readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** A variable of the environment, and its value, both ASCII. */
export type Mark = readonly [name: string, value: string];

export interface EndMarkedOptions {
  /** Processes that have one of these are left alone. */
  readonly unless?: readonly Mark[];
  /** Only processes that have all of these, too. */
  readonly also?: readonly Mark[];
  /** How long they may take to end after SIGTERM, before SIGKILL; 5 s where undefined. */
  readonly graceMs?: number;
}

const GRACE_MS = 5_000;
const LOOK_MS = 50;

/** Ends what a runner that was killed has left running: found by a variable that every child inherits. */
export async function endMarked(
  mark: Mark,
  { unless = [], also = [], graceMs = GRACE_MS }: EndMarkedOptions = {},
): Promise<number> {
  const find = (): Promise<readonly number[]> => marked([mark, ...also], unless);
  const found = await find();
  for (const pid of found) send(pid, "SIGTERM");
  const deadline = performance.now() + graceMs;
  let left = found;
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(LOOK_MS);
    left = await find();
  }
  for (const pid of left) send(pid, "SIGKILL");
  return found.length;
}

async function marked(marks: readonly Mark[], unless: readonly Mark[]): Promise<readonly number[]> {
  const [[name]] = marks as readonly [Mark];
  const has = ({ variables }: MarkedProcess, [variable, value]: Mark): boolean => variables.get(variable) === value;
  const found = await processesWith(name);
  return found
    .filter((each) => marks.every((mark) => has(each, mark)) && !unless.some((mark) => has(each, mark)))
    .map(({ pid }) => pid);
}

/** A process of this machine, with the environment and the arguments that it was started with. */
export interface MarkedProcess {
  readonly pid: number;
  readonly variables: ReadonlyMap<string, string>;
  readonly argv: readonly string[];
}

/** Every process but this one whose environment has a variable of this name. Only those that this user may look at are found. */
export async function processesWith(name: string): Promise<readonly MarkedProcess[]> {
  const found: MarkedProcess[] = [];
  for (const pid of (await readdir("/proc")).filter((each) => /^\d+$/.test(each)).map(Number)) {
    if (pid === process.pid) continue;
    try {
      const environment = await readFile(`/proc/${pid}/environ`, "latin1");
      if (!`\0${environment}`.includes(`\0${name}=`)) continue;
      const argv = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").slice(0, -1);
      found.push({ pid, variables: variablesIn(environment), argv });
    } catch {
      // The process has ended meanwhile, or belongs to another user.
    }
  }
  return found;
}

function variablesIn(environment: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const entry of environment.split("\0")) {
    const at = entry.indexOf("=");
    // The first value counts, as it does for getenv(3).
    if (at > 0 && !variables.has(entry.slice(0, at))) variables.set(entry.slice(0, at), entry.slice(at + 1));
  }
  return variables;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: it ended meanwhile. EPERM: it became another user's.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
