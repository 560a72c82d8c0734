import type { ChildProcess } from "node:child_process";
import { pipeline } from "node:stream/promises";
import type { ProcessOptions } from "./processes.ts";

export type Running = ChildProcess & {
  readonly pid: number;
  readonly stdout: NonNullable<ChildProcess["stdout"]>;
  readonly stderr: NonNullable<ChildProcess["stderr"]>;
};

/** The streams of the caller's that a child reads from and writes to, if any. */
export interface ProcessStreams {
  /** Resolves when the child has exited and all it wrote has arrived; or at once when a stream broke. */
  endWith(exited: Promise<unknown>): Promise<unknown>;
  /** @throws what broke a stream, unless the child was ended from outside, which breaks them all. */
  check(wasEnded: boolean): void;
}

export function connectStreams(child: Running, { inputFrom, outputTo }: ProcessOptions): ProcessStreams {
  let failure: unknown;
  const broken: Promise<unknown>[] = [];
  const connect = (flow: Promise<void>): Promise<void> => {
    const settled = flow.catch((error: unknown) => {
      failure ??= error;
    });
    broken.push(
      flow.then(
        () => new Promise(() => {}),
        () => undefined,
      ),
    );
    return settled;
  };
  let arrived = Promise.resolve();
  if (outputTo !== undefined) arrived = connect(pipeline(child.stdout, outputTo));
  if (inputFrom !== undefined && child.stdin !== null) {
    // Killed before its input ends: it must not take half of it for the whole.
    inputFrom.once("error", (error) => {
      if (!isClosedPipe(error)) signalGroup(child.pid, "SIGKILL");
    });
    const flow = pipeline(inputFrom, child.stdin);
    // A child that does not read to the end breaks the pipe: its exit code says whether that matters.
    void connect(
      flow.catch((error: unknown) => {
        if (!isClosedPipe(error)) throw error;
      }),
    );
  }
  return {
    endWith: (exited) => Promise.race([Promise.all([exited, arrived]), ...broken]),
    check(wasEnded) {
      if (failure !== undefined && !wasEnded) throw failure;
    },
  };
}

function isClosedPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EPIPE" || code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
}

export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // ESRCH: nobody is left, which is what we wanted. EPERM: only processes of other users (sudo) are left.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
