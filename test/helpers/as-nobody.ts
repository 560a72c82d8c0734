import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const SRC = join(import.meta.dirname, "../../src");

/** Runs a module's text as the user nobody, which only root can; `$SRC` in it is the folder of the sources. Gives what it prints. */
export async function asNobody(text: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    "setpriv",
    [
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      process.execPath,
      "--input-type=module",
      "--eval",
      text.replaceAll("$SRC", SRC),
    ],
    { cwd: "/" },
  );
  return stdout;
}
