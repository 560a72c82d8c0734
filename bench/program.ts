import { join } from "node:path";
import { run } from "./processes.ts";

const ROOT = join(import.meta.dirname, "..");

/** The program as it is published: compiled, as Node would otherwise strip the types anew in every process. */
export const MAIN = join(ROOT, "dist/main.js");

export async function build(): Promise<void> {
  await run("npm", ["run", "build"], { cwd: ROOT });
}
