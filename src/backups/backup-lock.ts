import { join } from "node:path";
import { HostUnavailable } from "../domain/errors.ts";
import type { Host } from "../host/host.ts";

interface LockNeeds {
  readonly host: Host;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

const PAUSE_MS = 300;
const HELD = 75;

/**
 * Locks a backup directory for one process at a time. A child holds the lock for as long as its standard input is open, so the lock ends with this process,
 * even if it is killed.
 * @throws HostUnavailable when it is not free in time.
 */
export async function lockBackups(
  directory: string,
  { host, env, signal, timeoutMs }: LockNeeds,
): Promise<AsyncDisposable> {
  const file = join(directory, ".lock");
  // A lock file that root's child makes would belong to root: this process makes it for the folder's owner.
  if (!(await host.files.exists(file))) await host.files.createSecret(file, "");
  const start = host.clock.monotonicMs();
  for (;;) {
    signal.throwIfAborted();
    const release = new AbortController();
    let answered: () => void = () => {};
    const held = new Promise<"held">((resolve) => {
      answered = () => resolve("held");
    });
    const ended = host.processes.run(
      ["flock", "--nonblock", "--conflict-exit-code", String(HELD), file, "sh", "-c", "echo held; exec cat"],
      { cwd: "/", env, input: "", inputUntil: release.signal, timeoutMs: Infinity, onLine: answered },
    );
    const first = await Promise.race([held, ended]);
    if (first === "held") {
      return {
        async [Symbol.asyncDispose]() {
          release.abort();
          await ended;
        },
      };
    }
    if (first.exitCode !== HELD) throw new HostUnavailable(`cannot lock ${file}: ${first.tail.trim()}`);
    if (host.clock.monotonicMs() - start >= timeoutMs) {
      throw new HostUnavailable(`${directory} is in use by another backup: waited ${Math.round(timeoutMs / 1000)} s`, {
        hint: "Wait for it to end, and try again.",
      });
    }
    await host.clock.sleep(PAUSE_MS, signal);
  }
}
