import { realpath } from "node:fs/promises";
import { isShown } from "./start-in.ts";
import type { SandboxPlan } from "./start-in.ts";

/** The path of a program, or of the file that its links lead to, if the sandbox does not show it. Undefined if the program can be started there. */
export async function hiddenPath(path: string, plan: SandboxPlan): Promise<string | undefined> {
  if (!isShown(path, plan)) return path;
  const real = await realpath(path).catch(() => path);
  return isShown(real, plan) ? undefined : real;
}
