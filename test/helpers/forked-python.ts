import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PYTHON = "/usr/bin/python3";

/** Python programs whose packages are imported once: importing Alembic or Django takes a second, and a test starts them dozens of times. */
export interface ForkedPython {
  /** To be followed by a file or by `-m` and a module, in place of `python3`. */
  readonly command: readonly string[];
  stop(): void;
}

/** Starts the process that imports these modules (those that are installed) and is forked for each program. */
export async function forkedPython(modules: readonly string[]): Promise<ForkedPython> {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-python-"));
  const path = join(folder, "socket");
  const script = (name: string): string => join(import.meta.dirname, `forked-python-${name}.py`);
  const server = spawn(PYTHON, [script("server"), path, ...modules], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(server.stdout)) if (line === "ready") break;
  return {
    command: [PYTHON, "-ISE", script("client"), path],
    stop() {
      server.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
