import { programVersion } from "../../program-version.ts";
import type { Invocation } from "../command-entry.ts";

export async function run({ print }: Invocation): Promise<number> {
  if (print.isJson) print.json({ version: programVersion(), node: process.version });
  else print.line(`fraisier ${programVersion()} on Node ${process.version}`);
  return 0;
}
