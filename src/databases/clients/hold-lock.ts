import { StepFailed } from "../../domain/errors.ts";
import type { ProcessResult } from "../../host/processes.ts";
import { lastWords } from "../run-tool.ts";
import type { ClientContext, DatabaseLock } from "./sql-client.ts";

type LockContext = Omit<ClientContext, "url" | "name">;

export interface LockAttempt {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  /** The line that the child prints once it has the lock. */
  readonly yes: string;
  /** The line, or the exit code, of a child that finds the lock taken. */
  readonly no: string | number;
}

/** The exit code of a flock(1) that finds the file locked by another process. */
const TAKEN = 75;

/** Locks a file of this machine by flock(1). */
export function fileLock(file: string): LockAttempt {
  const argv = ["flock", "--nonblock", "--conflict-exit-code", String(TAKEN), file, "sh", "-c", "echo t; exec cat"];
  return { argv, env: {}, input: "", yes: "t", no: TAKEN };
}

/** Between two attempts. Each asks and does not wait in the server: one that waits holds a snapshot, and CREATE INDEX CONCURRENTLY waits for those. */
const PAUSE_MS = 500;

/**
 * A lock that a child process holds while its standard input is open: a session of the database, or flock(1). It ends with us, even where
 * we are killed. @throws StepFailed when it is not free in time.
 */
export async function holdLock(
  context: LockContext,
  attempt: LockAttempt,
  { name, timeoutMs, holder }: { name: string; timeoutMs: number; holder(): Promise<string> },
): Promise<DatabaseLock> {
  const { host, signal } = context;
  const start = host.clock.monotonicMs();
  for (;;) {
    const lock = await tryLock(context, attempt);
    if (lock !== undefined) return lock;
    if (host.clock.monotonicMs() - start >= timeoutMs) {
      throw new StepFailed(`somebody else migrates ${name}${await holder()}: waited ${timeoutMs / 1000} s`, {
        hint: "Wait for them and try again; or give database.lock_timeout more time.",
      });
    }
    await host.clock.sleep(PAUSE_MS, signal);
  }
}

async function tryLock(
  { host, env, user, signal }: LockContext,
  attempt: LockAttempt,
): Promise<DatabaseLock | undefined> {
  signal.throwIfAborted();
  const release = new AbortController();
  const lost = new AbortController();
  let answered: (answer: string) => void = () => {};
  const answer = new Promise<string>((resolve) => {
    answered = resolve;
  });
  // Not ended by the deployment's signal: what is under way may only be given up once it is over.
  const ended = host.processes.run(attempt.argv, {
    cwd: "/",
    env: { ...env, ...attempt.env },
    input: attempt.input,
    inputUntil: release.signal,
    timeoutMs: Infinity,
    ...(user === undefined ? {} : { user }),
    onLine: (_, line) => {
      if (line === attempt.yes || line === attempt.no) answered(line);
    },
  });
  const first = await Promise.race([answer, ended]);
  if (first === attempt.yes) {
    const over = ended.then(() => lost.abort());
    return {
      lost: lost.signal,
      async [Symbol.asyncDispose]() {
        release.abort();
        await over;
      },
    };
  }
  release.abort();
  const result: ProcessResult = await ended;
  if (first === attempt.no || result.exitCode === attempt.no) return undefined;
  throw new StepFailed(`cannot ask for the lock of migrations: ${attempt.argv[0] ?? ""}${lastWords(result)}`);
}
