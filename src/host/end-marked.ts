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
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids) {
    if (pid === process.pid) continue;
    try {
      const environment = await readFile(`/proc/${pid}/environ`, "latin1");
      const has = ([name, value]: Mark): boolean => `\0${environment}\0`.includes(`\0${name}=${value}\0`);
      if (marks.every(has) && !unless.some(has)) found.push(pid);
    } catch {
      // Gone meanwhile, or another user's: not ours to end.
    }
  }
  return found;
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
