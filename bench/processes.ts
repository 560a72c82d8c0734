import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

/** A program to its end, its output kept. Rejects unless it exits 0. */
export const run = promisify(execFile);

/** Milliseconds from before a program starts until it has ended. @throws unless it exits 0. */
export async function timed(program: string, args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const [exitCode] = (await once(spawn(program, args, { stdio: "ignore" }), "exit")) as [number | null];
  const elapsed = performance.now() - startedAt;
  if (exitCode !== 0) throw new Error(`${program} ${args.join(" ")} exited with ${exitCode}`);
  return elapsed;
}
