import { extname, join } from "node:path";
import type { Launch } from "./launcher.ts";

/** This same program again: from source or built, with the same Node and the same flags. */
export function runnerCommand({
  deployment,
  configFile,
}: Pick<Launch, "deployment" | "configFile">): [string, ...string[]] {
  const main = join(import.meta.dirname, "..", `main${extname(import.meta.filename)}`);
  return [process.execPath, ...process.execArgv, main, "run", deployment, "--config", configFile];
}
