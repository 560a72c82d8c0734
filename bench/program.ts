import { join } from "node:path";
import { run } from "./processes.ts";

const ROOT = join(import.meta.dirname, "..");

/** The program as it is published: compiled, as Node would otherwise strip the types anew in every process. */
export const MAIN = join(ROOT, "dist/main.js");

export async function build(): Promise<void> {
  await run("npm", ["run", "build"], { cwd: ROOT });
}

/** The startup snapshot of the program, in this folder. @returns its file. */
export async function buildSnapshot(folder: string): Promise<string> {
  const file = join(folder, "fraisier.snapshot");
  const dist = join(ROOT, "dist");
  const rolldown = join(ROOT, "node_modules/.bin/rolldown");
  await run(rolldown, ["--config", "rolldown.snapshot.config.ts", "--dir", dist], { cwd: ROOT });
  await run(process.execPath, ["--snapshot-blob", file, "--build-snapshot", join(dist, "snapshot.js")], {
    env: { PATH: process.env["PATH"] },
  });
  return file;
}
