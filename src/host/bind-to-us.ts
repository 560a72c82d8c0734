import { realpath } from "node:fs/promises";
import { findProgram, missingProgram } from "./missing-program.ts";
import type { ProcessOptions } from "./processes.ts";

/** The argv that runs a command so that the kernel kills it when its parent dies. @throws HostUnavailable when there is no such program. */
export async function bindToUs(
  argv: readonly string[],
  { env, cwd }: Pick<ProcessOptions, "env" | "cwd">,
): Promise<readonly string[]> {
  const setpriv = await findProgram("setpriv", process.env["PATH"]);
  // Busybox has one that does not know the option.
  if (setpriv === undefined || (await realpath(setpriv)).endsWith("/busybox")) return argv;
  // setpriv would report a missing program as an exit code of the command's own.
  const [program = ""] = argv;
  if ((await findProgram(program, env["PATH"], cwd)) === undefined) throw missingProgram(program);
  return [setpriv, "--pdeathsig", "KILL", "--", ...argv];
}
