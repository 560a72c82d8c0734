import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { ProcessIdentity } from "../../src/host/process-identity.ts";

/**
 * A real process that stands for a runner, whose work is done inside the test: whether a runner lives is asked of the kernel. One that ended in order
 * serves the next runner.
 */
export interface StandIn {
  readonly identity: Pick<ProcessIdentity, "pid" | "startTime">;
  /** Resolves once the process is dead. */
  kill(): Promise<void>;
  /** The runner ended: its deployment has no runner any more. */
  release(): void;
}

const children = new Set<ChildProcess>();
const idle: StandIn[] = [];

export function standIn(): StandIn {
  const free = idle.pop();
  if (free !== undefined) return free;
  // It ends by itself when this process ends, however that happens.
  const child = spawn("tail", [`--pid=${process.pid}`, "-f", "/dev/null"], { stdio: "ignore" });
  const { pid } = child;
  if (pid === undefined) throw new Error("no process can be started");
  children.add(child);
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  const made: StandIn = {
    identity: { pid, startTime },
    async kill() {
      children.delete(child);
      child.kill("SIGKILL");
      await once(child, "exit");
    },
    release: () => void idle.push(made),
  };
  return made;
}

/** To be called when the last sequence has run. */
export function endStandIns(): void {
  idle.length = 0;
  for (const child of children) child.kill("SIGKILL");
  children.clear();
}
